import { lookOf, plain, type Row, type Segment, sized } from "../style.ts";
import type { View } from "./view.ts";

/** The members as heads of columns of `width`, behind `indent`: what each is at this moment. */
export function whoRow(view: View, indent: number, width: number): Row {
  const row: Segment[] = [plain(" ".repeat(indent))];
  for (const member of view.frame.members) {
    const look = lookOf(member);
    const name = `${look.symbol} m${member.id}`;
    const whole = `${name} ${look.word} ${member.term}`;
    const text = sized(whole.length < width ? whole : `${name} term ${member.term}`, width - 1);
    row.push({ text, color: look.color, bold: true, dim: member.status !== "up" }, plain(" "));
  }
  return row;
}
