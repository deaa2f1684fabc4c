/**
 * What this browser keeps on its disk: what is to be sent, and what a phone shows without network. Each write is done
 * when its promise is: a browser that is killed afterwards has it still. Where there is no IndexedDB (a test, a private
 * window of an old browser) nothing is kept, and all else works.
 */
const NAME = "sharp-eyes";
const STORES = ["outbox", "shown"] as const;

/** `outbox`: what is to be sent, by its key. `shown`: what was shown last, by a name. */
export type StoreName = (typeof STORES)[number];

let opened: Promise<IDBDatabase | null> | null = null;

function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    if (!("indexedDB" in globalThis)) {
      resolve(null);
      return;
    }
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      STORES.forEach((store) => asked.result.createObjectStore(store));
    };
    asked.onsuccess = () => {
      // a sign-out clears the disk; the next write begins anew
      asked.result.onclose = () => {
        opened = null;
      };
      resolve(asked.result);
    };
    asked.onerror = () => {
      resolve(null);
    };
  });
  return opened;
}

/** Write something down; done when it is on the disk. Throws what the disk says, such as that it is full. */
export async function keep(store: StoreName, key: string, value: unknown): Promise<void> {
  await safely(store, change(store, (records) => records.put(value, key)));
}

export async function forget(store: StoreName, key: string): Promise<void> {
  await safely(store, change(store, (records) => records.delete(key)));
}

/** Forget all that was shown; over plain HTTP a browser clears nothing at a sign-out. */
export async function forgetShown(): Promise<void> {
  await safely("shown", change("shown", (records) => records.clear()));
}

/** What stands under a key; undefined for nothing. */
export async function kept(store: StoreName, key: string): Promise<unknown> {
  return safely(store, ask(store, (records) => records.get(key) as IDBRequest<unknown>));
}

export async function allKept(store: StoreName): Promise<unknown[]> {
  return (await ask(store, (records) => records.getAll() as IDBRequest<unknown[]>)) ?? [];
}

/** Whether what is kept outlives this page. */
export async function isKeeping(): Promise<boolean> {
  return (await open()) !== null;
}

/** What was shown is a copy: that it cannot be kept or read, as while a sign-out clears the disk, is nobody's fault. */
async function safely<T>(store: StoreName, work: Promise<T>): Promise<T | undefined> {
  return store === "shown" ? work.catch(() => undefined) : work;
}

async function change(store: StoreName, what: (records: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await open();
  if (database === null) {
    return;
  }
  const work = database.transaction(store, "readwrite", { durability: "strict" });
  what(work.objectStore(store));
  await new Promise<void>((resolve, reject) => {
    work.oncomplete = () => {
      resolve();
    };
    work.onabort = () => {
      reject(work.error ?? new Error("the browser could not write to its disk"));
    };
  });
}

async function ask<T>(store: StoreName, what: (records: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const database = await open();
  if (database === null) {
    return undefined;
  }
  const request = what(database.transaction(store).objectStore(store));
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the browser could not read its disk"));
    };
  });
}
