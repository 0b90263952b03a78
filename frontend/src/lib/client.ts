// The generated client, told about our session: CSRF on writes, ApiError on failures.
import { client } from '@/api/client.gen';
import { toApiError } from './errors';

export function cookie(name: string, jar: string = document.cookie): string | null {
  const prefix = `${name}=`;
  const found = jar.split('; ').find((part) => part.startsWith(prefix));
  return found ? decodeURIComponent(found.slice(prefix.length)) : null;
}

/** As CSRF_COOKIE_NAME in Django's settings. */
const CSRF_COOKIE = 'heedful_csrftoken';

/** `onSignedOut` runs when the server no longer knows who we are. */
export function configureClient(onSignedOut: () => void): void {
  client.setConfig({ baseUrl: '', credentials: 'same-origin' });
  client.interceptors.request.use((request) => {
    const token = cookie(CSRF_COOKIE);
    if (request.method !== 'GET' && token) request.headers.set('X-CSRFToken', token);
    return request;
  });
  client.interceptors.error.use((cause, response) => {
    const error = toApiError(cause, response?.status ?? 0);
    if (error.status === 401) onSignedOut();
    return error;
  });
}
