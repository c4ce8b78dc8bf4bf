/** Options of `fake-server`. */
export interface FakeServerOptions {
  port: number;
  host: string;
}
