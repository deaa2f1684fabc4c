/** The line by which a gateway's video comes through the hub: notes as text, pieces of video as bytes. */
import { hubPath } from "@/api/base";

export interface Heard {
  note: (text: string) => void;
  piece: (bytes: Uint8Array<ArrayBuffer>) => void;
  closed: () => void;
}

/** `path`: with the ticket that lets one in. */
export function openSocket(path: string, heard: Heard): WebSocket {
  const address = new URL(hubPath(path), location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") {
      heard.note(data);
    } else {
      heard.piece(new Uint8Array(data));
    }
  };
  socket.onclose = heard.closed;
  return socket;
}
