import { KeyedDraws } from "../../base/keyed-draws.ts";
import type { Random } from "../../base/random.ts";
import type { Duration } from "../../base/time.ts";
import { drawLatency } from "../network/latency.ts";
import type { LinkOptions } from "../options.ts";

/** The purposes of draws. */
const Salt = { Packet: 0, Stream: 1, Pause: 2, Order: 3 } as const;

/** The network between clients and members: how long a packet takes, and who can't hear whom. */
export class ClientNetwork {
  private readonly draws: KeyedDraws;
  private readonly latency: LinkOptions;
  private packets = 0;
  private streamPackets = 0;
  private pauses = 0;
  private orders = 0;
  /** The members that each client is cut off from. */
  private readonly cuts = new Map<number, Set<number>>();

  constructor(random: Random, latency: LinkOptions) {
    this.draws = new KeyedDraws(random);
    this.latency = latency;
  }

  /** How long a request or reply takes. */
  delay(): Duration {
    const { minUs, meanUs, maxUs } = this.latency;
    return drawLatency(minUs, meanUs, maxUs, this.draw(this.packets++, Salt.Packet));
  }

  /** How long a packet of a stream takes. A count of its own: streams leave calls as they were. */
  streamDelay(): Duration {
    const { minUs, meanUs, maxUs } = this.latency;
    return drawLatency(minUs, meanUs, maxUs, this.draw(this.streamPackets++, Salt.Stream));
  }

  /** Chance for the pause before a retry. */
  readonly drawPause = (): number => this.draw(this.pauses++, Salt.Pause);

  /** Chance for the order in which a client walks through what it has, as Go does through a map. */
  readonly drawOrder = (): number => this.draw(this.orders++, Salt.Order);

  private draw(n: number, salt: number): number {
    return this.draws.draw(n % 0x1_0000_0000, salt);
  }

  cut(clients: readonly number[], members: readonly number[]): void {
    for (const client of clients) {
      const cut = this.cuts.get(client) ?? new Set<number>();
      for (const member of members) cut.add(member);
      this.cuts.set(client, cut);
    }
  }

  heal(): void {
    this.cuts.clear();
  }

  isCut(client: number, member: number): boolean {
    return this.cuts.size !== 0 && (this.cuts.get(client)?.has(member) ?? false);
  }
}
