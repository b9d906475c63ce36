import { describe, expect, test } from "vitest";
import {
  Cancelled,
  Eventual,
  either,
  Running,
  type Task,
  TaskError,
  until,
} from "../../src/client/task.ts";

/** Steps of programs, done one at a time. */
class Steps {
  private readonly due: (() => void)[] = [];
  readonly soon = (resume: () => void): void => {
    this.due.push(resume);
  };

  run<T>(task: Task<T>): Running<T> {
    return new Running(task, this.soon);
  }

  all(): void {
    for (let step = this.due.shift(); step !== undefined; step = this.due.shift()) step();
  }
}

describe("a program", () => {
  test("goes on with the value that it waited for, in a step of its own", () => {
    const steps = new Steps();
    const wanted = new Eventual<number>();
    const running = steps.run(
      (function* (): Task<number> {
        return (yield* until(wanted)) + (yield* until(wanted));
      })(),
    );
    steps.all();
    expect(running.state).toBe("running");
    wanted.settle(21);
    // Whoever settles it is not interrupted.
    expect(running.state).toBe("running");
    steps.all();
    expect(running).toMatchObject({ state: "done", value: 42 });
    expect(running.ended.value).toBe("done");
    wanted.settle(1);
    expect(wanted.value).toBe(21);
  });

  test("that fails says why; a mistake in it is everybody's", () => {
    const steps = new Steps();
    const failing = steps.run(
      (function* (): Task<void> {
        yield* until(settled());
        throw new TaskError("no luck");
      })(),
    );
    steps.all();
    expect(failing.state).toBe("failed");
    expect(failing.error?.message).toBe("no luck");
    steps.run(
      (function* (): Task<void> {
        yield* until(settled());
        throw new RangeError("a mistake");
      })(),
    );
    expect(() => steps.all()).toThrow("a mistake");
  });

  test("cancelled, gives up what it waits for, and may wait while it cleans up", () => {
    const steps = new Steps();
    let abandoned = 0;
    const never = new Eventual<null>(() => abandoned++);
    const cleaned = new Eventual<null>();
    const running = steps.run(
      (function* (): Task<void> {
        try {
          yield* until(never);
        } finally {
          yield* until(cleaned);
        }
      })(),
    );
    steps.all();
    running.cancel();
    expect(abandoned).toBe(1);
    steps.all();
    expect(running.state).toBe("running");
    never.settle(null);
    cleaned.settle(null);
    steps.all();
    expect(running.state).toBe("cancelled");
    running.cancel();
    expect(running.state).toBe("cancelled");
  });

  test("cancelled before it began, never begins", () => {
    const steps = new Steps();
    let begun = false;
    const running = steps.run(
      (function* (): Task<void> {
        begun = true;
        yield* until(settled());
      })(),
    );
    running.cancel();
    steps.all();
    expect(running.state).toBe("cancelled");
    expect(begun).toBe(false);
  });

  test("cancelled while its next step is due, does not take it", () => {
    const steps = new Steps();
    const wanted = new Eventual<null>();
    let went = false;
    const running = steps.run(
      (function* (): Task<void> {
        try {
          yield* until(wanted);
          went = true;
        } catch (error) {
          if (!(error instanceof Cancelled)) throw error;
        }
      })(),
    );
    steps.all();
    wanted.settle(null);
    running.cancel();
    steps.all();
    // It took its cancellation well.
    expect(running.state).toBe("done");
    expect(went).toBe(false);
  });
});

test.each([0, 1])("either: the first of both counts (%i)", (which) => {
  const both = [new Eventual<string>(), new Eventual<string>()] as const;
  const first = either(...both);
  expect(first.settled).toBe(false);
  both[which]?.settle("x");
  expect(first.settled).toBe(true);
  expect(either(...both).settled).toBe(true);
});

function settled(): Eventual<null> {
  const eventual = new Eventual<null>();
  eventual.settle(null);
  return eventual;
}
