/** The access token of the reader: kept until the tab is closed, and sent in a header alone, so
 * that it stands in no address and no log. */

const TOKEN = 'provgraph.token';

export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

export function dropToken(): void {
  sessionStorage.removeItem(TOKEN);
}

/** The headers by which a request says who asks; none without a token. */
export function signed(token = sessionStorage.getItem(TOKEN)): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}
