/** For the page of components: drawn pictures where the hub would give evidence. */
import type { Plugin } from "vite";

const scene = (car: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720"><rect width="1280" height="720" fill="#5a5c5e"/><rect width="1280" height="330" fill="#c3cdd6"/><path d="M0 60h330v300H0zm620-20h340v320H620z" fill="#6a7078"/><path d="M160 720 620 400h30L330 720z" fill="#44474b"/>${car}</svg>`;
const CAR = `<path d="M538 440h200l60 20q46 6 46 24v46H538z" fill="#9e2c30"/><path d="M560 430q30-80 60-90h90l70 90z" fill="#8a2a2e"/><circle cx="604" cy="525" r="30"/><circle cx="780" cy="525" r="30"/>`;

export function pictures(): Plugin {
  return {
    name: "story-pictures",
    configureServer(server) {
      server.middlewares.use("/api/evidence", (asked, answer) => {
        const address = asked.url ?? "";
        answer.setHeader("Content-Type", "image/svg+xml");
        answer.statusCode = address.startsWith("/9") ? 404 : 200;
        answer.end(scene(address.startsWith("/2") ? "" : CAR));
      });
    },
  };
}
