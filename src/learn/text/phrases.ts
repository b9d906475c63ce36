import type { Language } from "../words.ts";

/** What the program itself says around a lesson. */
export interface Phrases {
  readonly lesson: string;
  readonly question: string;
  readonly answer: string;
  readonly run: string;
  readonly break: string;
  readonly summary: string;
  readonly sources: string;
  readonly right: string;
  readonly wrong: string;
  readonly youSaid: string;
  readonly watch: string;
  readonly holds: string;
  readonly done: string;
  readonly lessons: string;
  readonly welcome: string;
  readonly nothing: string;
  readonly tried: string;
  readonly end: string;
  readonly tooSmall: string;
  /** Answers that are words. */
  readonly answers: Readonly<Record<string, string>>;
  /** What keys do. */
  readonly keys: Readonly<
    Record<
      | "next"
      | "back"
      | "play"
      | "pause"
      | "step"
      | "event"
      | "why"
      | "more"
      | "less"
      | "answer"
      | "try"
      | "choose"
      | "open"
      | "scroll"
      | "lessons"
      | "choices"
      | "leave"
      | "skip"
      | "quit",
      string
    >
  >;
}

const EN: Phrases = {
  lesson: "Lesson",
  question: "Question",
  answer: "Answer",
  run: "the run",
  break: "Try it",
  summary: "What you have seen",
  sources: "Where it stands",
  right: "Right.",
  wrong: "Not this time.",
  youSaid: "You say",
  watch: "now watch",
  holds: "checked",
  done: "done",
  lessons: "Lessons",
  welcome: "Raft and etcd, on a cluster that you can stop, rewind and break.",
  nothing: "nothing happened that the story tells",
  tried: "tried",
  end: "the end of this part",
  tooSmall: "make the terminal larger to see the run",
  answers: {
    nobody: "nobody",
    yes: "yes",
    no: "no",
    follower: "follower",
    "pre-candidate": "pre-candidate",
    candidate: "candidate",
    leader: "leader",
    paused: "paused",
    down: "down",
  },
  keys: {
    next: "go on",
    back: "back",
    play: "play",
    pause: "pause",
    step: "step",
    event: "event",
    why: "why",
    more: "every step",
    less: "the story",
    answer: "answer",
    try: "try",
    choose: "choose",
    open: "open",
    scroll: "scroll",
    lessons: "lessons",
    choices: "other choices",
    leave: "leave",
    skip: "skip",
    quit: "quit",
  },
};

const ZH: Phrases = {
  lesson: "第",
  question: "问题",
  answer: "答案",
  run: "运行过程",
  break: "动手试试",
  summary: "小结",
  sources: "出处",
  right: "答对了。",
  wrong: "这次没猜中。",
  youSaid: "你的回答",
  watch: "现在看结果",
  holds: "已验证",
  done: "已完成",
  lessons: "课程",
  welcome: "在一个可以暂停、倒退、随意破坏的集群上学习 Raft 和 etcd。",
  nothing: "这段时间没有值得一提的事",
  tried: "试过了",
  end: "这一段到此为止",
  tooSmall: "终端太小，放大后才能看到运行过程",
  answers: {
    nobody: "没有",
    yes: "是",
    no: "否",
    follower: "跟随者 (follower)",
    "pre-candidate": "预候选人 (pre-candidate)",
    candidate: "候选人 (candidate)",
    leader: "领导者 (leader)",
    paused: "暂停 (paused)",
    down: "宕机 (down)",
  },
  keys: {
    next: "继续",
    back: "上一页",
    play: "播放",
    pause: "暂停",
    step: "逐句",
    event: "逐事件",
    why: "为什么",
    more: "每一步",
    less: "只看要点",
    answer: "作答",
    try: "试试",
    choose: "选择",
    open: "打开",
    scroll: "滚动",
    lessons: "课程列表",
    choices: "其他选项",
    leave: "离开",
    skip: "跳过",
    quit: "退出",
  },
};

export function phrasesIn(language: Language): Phrases {
  return language === "zh" ? ZH : EN;
}

/** `Lesson 3`, `第 3 课`. */
export function lessonNumber(number: number, language: Language): string {
  return language === "zh" ? `第 ${number} 课` : `Lesson ${number}`;
}
