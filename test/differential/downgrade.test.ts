import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECOND } from "../../src/base/time.ts";
import { profileOf } from "../../src/profile/profile.ts";
import type { Call } from "./calls.ts";
import type { JsonObject } from "./json.ts";
import { OurServer } from "./ours.ts";
import { RealServer } from "./real.ts";
import { JUDGES } from "./setting.ts";

type Action = "VALIDATE" | "ENABLE" | "CANCEL";
/** How long a leader may take until it looks at the members' versions again, and then some. */
const LOOK = 6 * SECOND;

for (const { line, version, folder, name } of JUDGES) {
  describe.skipIf(version === "")(`a downgrade against a real etcd ${name}`, () => {
    const minor = Number(line.slice(2));
    const below = (by: number) => `3.${minor - by}`;
    const goesDown = version !== "" && profileOf(version).versionGoesDown === "by a downgrade";
    let real: RealServer;
    let ours: OurServer;
    const answers: JsonObject[] = [];

    beforeAll(async () => {
      real = await RealServer.start(folder);
      ours = new OurServer(version);
    });

    afterAll(async () => {
      await real?.stop();
    });

    async function same(call: Call): Promise<void> {
      const theirs = await real.ask(call, "");
      expect(ours.call(call, ""), JSON.stringify(call)).toEqual(theirs);
      answers.push(theirs);
    }
    const asked = (action: Action, version = ""): Promise<void> =>
      same({ type: "downgrade", request: { action, version } });
    const status = (): Promise<void> => same({ type: "status", request: {} });

    /** Both are where the leader's next look takes them, or stay where they are. */
    async function looked(at: string): Promise<void> {
      await real.clusterVersion(at);
      ours.pass(LOOK);
    }

    test("is refused for each reason, begun, called off, and told of in between", async () => {
      for (const target of ["", "x", "3", `v${line}`, below(2), line, `3.${minor + 1}`]) {
        await asked("VALIDATE", target);
        await asked("ENABLE", target);
      }
      await asked("CANCEL");
      for (const target of [below(1), `${below(1)}.0`, `${below(1)}.99`]) {
        await asked("VALIDATE", target);
      }
      await status();
      await asked("ENABLE", `${below(1)}.7`);
      await looked(goesDown ? `${below(1)}.0` : `${line}.0`);
      await status();
      for (const target of [below(2), below(1), line]) {
        await asked("VALIDATE", target);
        await asked("ENABLE", target);
      }
      await asked("CANCEL");
      await looked(`${line}.0`);
      await status();
      await asked("CANCEL");
      await asked("VALIDATE", below(1));
      const texts = answers.map(({ error, version }) => `${error ?? version}`);
      console.log(
        `${version}, downgrade: ${answers.length} answers compared: ${[...new Set(texts)].join("; ")}`,
      );
    });
  });
}
