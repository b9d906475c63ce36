/**
 * A planted failure. Appends are acknowledged before they are synced (R3); three of five hold a write when
 * their power fails. The two others can't be asked until it is over, so that whoever of the three has kept the
 * write wins: it is lost if none has, and that is settled by the dice of the crash.
 */
export const CRASH_US = 4_000_000;

export const LOST_WITH_POWER = `
name: lost-with-power
title: A write is acknowledged before it is durable, and the power fails
teaches: |
  Appends are acknowledged before they are synced.
seed: 4
cluster:
  members: 5
  bugs: [R3]
steps:
  - partition: [[m1, m2, m3], [m4, m5]]
  - when: leader elected
  - after: 500ms
    put: { key: a, value: 1 }
  - at: 4s
    crash: { member: [m1, m2, m3], disk: random }
  - at: 4.5s
    restart: [m1, m2, m3]
  - at: 8s
    settle: { within: 20s, rest: 1s }
expect:
  - nothing is violated
`;
