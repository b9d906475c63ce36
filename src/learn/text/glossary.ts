import type { Language } from "../words.ts";
import { columnsOf } from "./columns.ts";

/**
 * What the words mean that a run is told in: the story is told in English, in the words of the Raft paper.
 * In the order in which somebody needs them, whole phrases before words that are part of them.
 */
const ZH: readonly (readonly [words: string, meaning: string])[] = [
  ["election timer fires", "选举计时器到点"],
  ["asks whether it could win", "询问能否当选"],
  ["pre-vote", "预投票"],
  ["becomes candidate", "成为候选人"],
  ["becomes leader", "当选领导者"],
  ["steps down", "卸任"],
  ["votes for", "投票给"],
  ["refuses", "拒绝"],
  ["heard nothing from", "没有收到…的消息"],
  ["their logs end alike", "两者日志末尾相同"],
  ["more up-to-date", "日志更新"],
  ["leader", "领导者"],
  ["follower", "跟随者"],
  ["candidate", "候选人"],
  ["term", "任期"],
  ["vote", "投票"],
  ["votes from", "得票来自"],
  ["is committed", "已提交"],
  ["are committed", "已提交"],
  ["cannot commit", "无法提交"],
  ["throws away", "丢弃"],
  ["stored on", "已存储于"],
  ["needs", "需要"],
  ["commit", "提交位置"],
  ["applied", "已应用位置"],
  ["entry", "日志条目"],
  ["empty entry", "空条目"],
  ["is acknowledged", "得到确认"],
  ["gives up on", "放弃等待"],
  ["append", "追加日志"],
  ["heartbeat", "心跳"],
  ["no messages in flight", "没有在途消息"],
  ["crashes", "崩溃"],
  ["starts again", "重新启动"],
  ["is paused", "暂停"],
  ["down", "宕机"],
  ["the network is parted", "网络被分割"],
  ["all links work again", "网络恢复"],
  ["cut off", "被隔开"],
  ["disk", "磁盘"],
  ["snapshot", "快照"],
  ["lease", "租约"],
  ["watch", "监听"],
  ["holds", "持有"],
  ["fence", "防护令牌"],
  ["what happened", "发生了什么"],
  ["why", "为什么"],
  ["receives", "收到"],
  ["sends", "发送"],
];

/** `term 任期 · leader 领导者 · …`: those words of what is shown, as many as fit; empty where none need it. */
export function glossary(shown: readonly string[], language: Language, columns: number): string {
  if (language === "en") return "";
  // A phrase may go over the end of a row.
  const text = shown.map((row) => row.trim()).join(" ");
  let out = "";
  for (const [words, meaning] of ZH) {
    if (!new RegExp(`(?<![\\w-])${words}(?![\\w-])`).test(text)) continue;
    const next = `${out === "" ? "" : " · "}${words} ${meaning}`;
    if (columnsOf(out + next) <= columns) out += next;
  }
  return out;
}
