import type { HttpClient } from 'comfygen/http';
import type { JobRef, JsonObject } from 'comfygen/plugin';
import type { Job } from './job.ts';

/** Which of a job's links: its status, its event stream, or its cancel call. */
export type JobLink = 'self' | 'events' | 'cancel';

/**
 * The absolute address of a link that the service gave. A link without a host already has the mount's path: only the
 * host is added.
 */
export function absoluteUrl(http: HttpClient, link: string): string {
  return new URL(link, http.url('').origin).href;
}

/**
 * The paths of a job's links, to be kept in its reference: only links to the service's own host, without their query,
 * which may hold secrets.
 */
export function linksOf({ urls }: Job, http: HttpClient): JsonObject {
  const { origin } = http.url('');
  const links: JsonObject = {};
  for (const name of ['self', 'events', 'cancel'] as const) {
    const given = urls?.[name];
    if (!given || !URL.canParse(given, origin)) continue;
    const url = new URL(given, origin);
    if (url.origin === origin && url.search === '') links[name] = url.pathname;
  }
  return links;
}

/** The absolute address of one of the links that a job's reference keeps. */
export function jobUrl(http: HttpClient, { id, data }: JobRef, name: JobLink): string {
  const links = data?.['links'] as JsonObject | undefined;
  const path = links?.[name];
  // The links belong to that id alone.
  if (typeof path === 'string' && path.includes(encodeURIComponent(id)))
    return absoluteUrl(http, path);
  return http.url(`api/v2/jobs/${encodeURIComponent(id)}${name === 'self' ? '' : `/${name}`}`).href;
}
