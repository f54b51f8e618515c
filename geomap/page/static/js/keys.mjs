/**
 * The keyboard: j/k next and previous event, / search, Esc back, ? help.
 * @param {{step: (n: 1 | -1) => void, search: () => void, back: () => void, help: () => void}} act
 */
export function listenKeys(act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target instanceof HTMLElement ? event.target : null;
    const typing = at?.closest("input[type=search], select, textarea, [contenteditable]");
    if (event.key === "Escape") {
      if (typing) at.blur();
      act.back();
      return;
    }
    if (typing) return;
    const deed = { j: () => act.step(1), k: () => act.step(-1), "/": act.search, "?": act.help }[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
