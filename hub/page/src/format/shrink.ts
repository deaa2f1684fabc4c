/** Makes a phone's photo small enough to send over a weak network. */

const SMALL_ENOUGH = 1.5 * 1024 * 1024;
const LONGEST_SIDE = 2560;
const QUALITY = 0.86;

/** The same photo as a JPEG of at most 2560 px; as it is when small already or not readable here. */
export async function shrink(file: File): Promise<File> {
  if (file.size <= SMALL_ENOUGH && (file.type === "image/jpeg" || file.type === "image/png")) {
    return file;
  }
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) {
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  return blob === null ? file : new File([blob], "photo.jpg", { type: "image/jpeg" });
}
