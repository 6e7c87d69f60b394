/** How the reader says who they are. */

import { useId, useState } from 'preact/hooks';
import { callerWith, useCaller } from '../asking/caller';
import { dropToken, keepToken } from '../asking/token';
import { visible } from '../figure/names';
import { Menu } from './Menu';

/** In the header, of a server that asks for tokens. */
export function SignIn() {
  const caller = useCaller();
  if (!caller?.guarded) return null;
  return (
    <Menu label={caller.name ? visible(caller.name) : 'Sign in'}>
      {caller.name
        ? (
          <>
            <p>May {caller.rights.join(', ')}.</p>
            <button type="button" onClick={signOut}>Sign out</button>
          </>
        )
        : <TokenForm />}
    </Menu>
  );
}

function signOut(): void {
  dropToken();
  window.location.reload();
}

/** Takes a token, and begins the page anew with it. */
export function TokenForm() {
  const [token, setToken] = useState('');
  const [wrong, setWrong] = useState('');
  const id = useId();
  const submit = async (event: Event) => {
    event.preventDefault();
    const said = token.trim();
    try {
      if (said && (await callerWith(said)).valid) {
        keepToken(said);
        window.location.reload();
      } else {
        setWrong('This is no valid token: it was never made, was revoked, or has expired.');
      }
    } catch {
      setWrong('The server does not answer.');
    }
  };
  return (
    <form class="sign" onSubmit={submit}>
      <label for={id}>Access token</label>
      <input id={id} type="password" autocomplete="off" value={token}
        aria-invalid={Boolean(wrong)} aria-describedby={`${id}-note`}
        onInput={(event) => setToken(event.currentTarget.value)} />
      <button type="submit" class="strong">Sign in</button>
      {wrong && <p role="alert" class="bad">{wrong}</p>}
      <p id={`${id}-note`}>
        <small>It is kept until this tab is closed, and stands in no address.</small>
      </p>
    </form>
  );
}
