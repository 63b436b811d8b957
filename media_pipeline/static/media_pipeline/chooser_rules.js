/** What may be dropped on a chooser, and what its state line becomes: nothing here touches the page. */

/** The one file of a drop, or null where there is none or more than one. */
export function droppedFile(transfer) {
  const files = [...(transfer?.files ?? [])];
  return files.length === 1 ? files[0] : null;
}

/** Whether something dragged is a file from outside the page. */
export function dragsFiles(transfer) {
  return [...(transfer?.types ?? [])].includes("Files");
}

/** What Wagtail's chooser keeps of a video that has just arrived. */
export function chooserState(video) {
  return { id: video.id, title: video.title, edit_url: video.url, uuid: video.uuid, state: video.state, label: video.label };
}

/** What the state line starts with once a video is chosen; a finished video needs no asking. */
export function stateLine(state) {
  if (!state || !state.uuid) return { uuid: "", label: "", finished: true };
  return { uuid: state.uuid, label: state.label ?? "", finished: state.state === "ready" || state.state === "failed" };
}
