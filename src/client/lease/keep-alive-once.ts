import { type ApiError, Errors } from "../../api/errors.ts";
import type { LeaseKeepAliveResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import { isHalting } from "../certainty.ts";
import type { ClientConn } from "../client-conn.ts";
import type { RetryInterceptor } from "../retry-interceptor.ts";
import { Eventual, type Task, until } from "../task.ts";
import { KeepAliveStream } from "./keep-alive-stream.ts";

/** What came of one try. */
type Answer = LeaseKeepAliveResponse | ApiError;

/**
 * Renews a lease once (client/v3/lease.go KeepAliveOnce): over a stream of its own, which is closed with
 * the answer; at once again, at the next member, where an error may pass. Returns the error if not.
 */
export function* keepAliveOnce(
  conn: ClientConn,
  unary: RetryInterceptor,
  id: bigint,
  deadlineUs: Duration,
): Task<Answer> {
  const end = deadlineUs === 0 ? null : conn.now + deadlineUs;
  for (;;) {
    const leftUs = end === null ? null : Math.max(0, end - conn.now);
    const answer = yield* attempt(conn, unary, id, leftUs);
    if (!("code" in answer)) return answer.ttl > 0 ? answer : Errors.leaseNotFound;
    if (isHalting(answer)) return answer;
  }
}

function* attempt(
  conn: ClientConn,
  unary: RetryInterceptor,
  id: bigint,
  leftUs: Duration | null,
): Task<Answer> {
  let stream: KeepAliveStream | null = null;
  let over = false;
  const close = () => {
    over = true;
    stream?.close();
  };
  const answered = new Eventual<Answer>(close);
  const end = (answer: Answer) => {
    over = true;
    answered.settle(answer);
  };
  unary.signIn((refused) => {
    if (over) return;
    if (refused !== null) {
      end(refused);
      return;
    }
    stream = new KeepAliveStream(conn, false, {
      renewed: (response) => {
        close();
        end(response);
      },
      ended: (error) => {
        conn.leave((stream as KeepAliveStream).endpoint);
        end(error);
      },
    });
    stream.send(id);
  });
  if (leftUs !== null) {
    conn.after(leftUs, () => {
      if (over) return;
      close();
      end(Errors.deadlineExceeded);
    });
  }
  return yield* until(answered);
}
