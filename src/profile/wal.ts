import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** What is written into the log, byte by byte. Who reads it takes all of it. */
export const WAL = {
  omitsUnset: {
    about:
      "Of an entry and of a change of the configuration the bytes leave out what nobody has set: the type of a plain entry, the id of a change that has none; else they say 0. (An entry's bytes follow the member that stores it, not the one that proposed it.)",
    source: "raftpb of go.etcd.io/raft v3.7.0, whose fields are pointers; seen on the four judges",
    values: since("3.7", true, false),
  },
  recordsConfiguration: {
    about: "The log's record of a snapshot tells the configuration, too.",
    source: "walpb/record.proto; seen on the four judges",
    values: since("3.5", true, false),
  },
} as const satisfies Behaviours;

export type WalProfile = ProfileOf<typeof WAL>;
