/**
 * Watches for how long the event loop has no turn, in milliseconds of the process's own time: what else runs on the
 * machine does not count. `stop` gives the longest.
 */
export function watchSlices(): { stop(): number } {
  const used = () => {
    const { user, system } = process.cpuUsage();
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
