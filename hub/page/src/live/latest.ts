/** What is asked again before the answer is there: only what was asked last counts. */
import { HubError } from "@/api/client";

export interface Latest {
  /** Hand the answer to `use`, a refusal to the caller; where something else was asked since, neither. */
  latest: <T>(ask: () => Promise<T>, use: (found: T) => void) => Promise<void>;
  /** Nothing that was asked counts any more. */
  overtake: () => void;
}

export function useLatest(): Latest {
  let round = 0;
  const latest = async <T>(ask: () => Promise<T>, use: (found: T) => void): Promise<void> => {
    const mine = ++round;
    try {
      const found = await ask();
      if (mine === round) {
        use(found);
      }
    } catch (error) {
      if (mine === round || !(error instanceof HubError)) {
        throw error;
      }
    }
  };
  const overtake = (): void => {
    round += 1;
  };
  return { latest, overtake };
}
