/** What etcd takes for a member's addresses (client/pkg/types/urls.go): at least one, each with a port and no path. */
const URL_FORM = /^(?:https?:\/\/(?:[^\s/?#@:[\]]*|\[[0-9a-fA-F:.]+\]):\d*|unixs?:\/\/\S*)$/;

export function areUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => URL_FORM.test(url));
}

/** Where clients reach a member, unless somebody said otherwise for it alone. */
export function clientUrlOf({
  id,
  clientUrl,
}: {
  readonly id: number;
  readonly clientUrl: string;
}): string {
  const [, host, port] = /^(.*):(\d+)$/.exec(clientUrl) ?? [];
  return host === undefined ? `http://m${id}:2379` : `${host}:${Number(port) + id - 1}`;
}
