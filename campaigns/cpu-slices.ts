/**
 * Watches for how long the event loop has no turn, in milliseconds of this thread's own time: what else runs on the
 * machine, or in the process's other threads, does not count. `stop` gives the longest.
 */
export function watchSlices(): { stop(): number } {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [last, longest] = [used(), 0];
  const look = () => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop() {
      look();
      clearInterval(timer);
      return Math.round(longest);
    },
  };
}
