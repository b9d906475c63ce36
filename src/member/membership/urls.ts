/** What etcd takes for a member's addresses (client/pkg/types/urls.go): at least one, each with a port and no path. */
const URL_FORM = /^(?:https?:\/\/(?:[^\s/?#@:[\]]*|\[[0-9a-fA-F:.]+\]):\d*|unixs?:\/\/\S*)$/;

export function areUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => URL_FORM.test(url));
}
