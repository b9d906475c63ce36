/**
 * A client that shows a certificate and no token is whoever the certificate names (its common name): for the members
 * that is a credential like any other. No client can say it by itself, since no header may hold its first letter.
 */

const MARK = "\0";

/** The credential of somebody whose certificate has this common name. */
export function certificateToken(commonName: string): string {
  return MARK + commonName;
}

/** The common name that a credential stands for; null: it is a token. */
export function certificateName(token: string): string | null {
  return token.startsWith(MARK) ? token.slice(MARK.length) : null;
}
