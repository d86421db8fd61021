/** Lets one piece of work at a time touch a stack's directories; others wait for their turn. */
export function createStackLock(): <T>(stackName: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (stackName, work) => {
    const turn = (last.get(stackName) ?? Promise.resolve()).then(work, work);
    last.set(stackName, turn);
    const forget = () => {
      if (last.get(stackName) === turn) last.delete(stackName);
    };
    turn.then(forget, forget);
    return turn;
  };
}
