import type * as api from "../concurrency-requests.ts";
import { BINARY, INT_ID } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Lock service's messages (api/v3lock/v3lock.proto). */

export const LockRequest = message<api.LockRequest>("v3lockpb.LockRequest", {
  name: [1, BINARY],
  lease: [2, INT_ID],
});

export const LockResponse = message<api.LockResponse>("v3lockpb.LockResponse", {
  header: HEADER,
  key: [2, BINARY],
});

export const UnlockRequest = message<api.UnlockRequest>("v3lockpb.UnlockRequest", {
  key: [1, BINARY],
});

export const UnlockResponse = message<api.HeaderResponse>("v3lockpb.UnlockResponse", {
  header: HEADER,
});
