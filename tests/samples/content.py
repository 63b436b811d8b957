"""Content driven by what people press: answers, "submit", "next". It knows no package in particular."""

from __future__ import annotations

from playwright.sync_api import Error, Frame, Page

_MOST_STEPS = 40
_PAUSE_MS = 120

# One step in one page: answer what can be answered, then press what submits, else what goes on. Says what it did.
_STEP = """done => {
  const seen = (part) => part.getClientRects().length > 0 && !part.disabled;
  const words = (part) => (part.value || part.textContent || "").trim();
  const groups = {};
  const radios = [...document.querySelectorAll("input[type=radio]")].filter(seen);
  for (const radio of radios) (groups[radio.name] ??= []).push(radio);
  let answered = 0;
  for (const group of Object.values(groups)) {
    if (group.some((radio) => radio.checked)) continue;
    group[0].click();
    answered += 1;
  }
  for (const field of document.querySelectorAll("input[type=text], input:not([type]), textarea")) {
    if (!seen(field) || field.value) continue;
    field.value = "1";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    answered += 1;
  }
  const pressed = "button, input[type=button], input[type=submit], a[role=button]";
  const buttons = [...document.querySelectorAll(pressed)].filter(seen);
  const submit = buttons.find((part) => /submit|check|grade|finish|提交|交卷/i.test(words(part)));
  if (submit && !done.includes(location.href)) {
    setTimeout(() => submit.click(), 0);
    return "submit";
  }
  const on = buttons.find((part) => /next|continue|forward|下一|继续/i.test(words(part)));
  if (on) {
    setTimeout(() => on.click(), 0);
    return "next";
  }
  return answered ? "answer" : "";
}"""


def pages_of(page: Page) -> list[Frame]:
    """The frames that the package's own pages stand in, the outermost first."""
    return [frame for frame in page.frames if "/f/" in frame.url]


def drive(page: Page, *, most: int = _MOST_STEPS) -> int:
    """Press on until nothing is left to press, or ``most`` times; give how often something was pressed."""
    submitted: list[str] = []
    pressed = 0
    for _ in range(most):
        word = _step(page, submitted)
        if not word:
            return pressed
        pressed += 1
        page.wait_for_timeout(_PAUSE_MS)
    return pressed


def _step(page: Page, submitted: list[str]) -> str:
    for frame in reversed(pages_of(page)):  # what stands inside first: a question before the button that goes on
        try:
            word = str(frame.evaluate(_STEP, submitted))
        except Error:
            continue  # it has just been left
        if word == "submit":
            submitted.append(frame.url)
        if word:
            return word
    return ""


def say_by_api(page: Page, *, is_12: bool) -> bool:
    """Report an item's success through its own API, where pressing is not enough or its scripts did not come."""
    values = (
        {"cmi.core.score.raw": "100", "cmi.core.lesson_status": "passed"}
        if is_12
        else {"cmi.score.scaled": "1", "cmi.completion_status": "completed", "cmi.success_status": "passed"}
    )
    call = "LMS" if is_12 else ""
    api = "API" if is_12 else "API_1484_11"
    script = f"""values => {{
      const api = window.parent.{api};
      api.{call}Initialize(""); // content that died before it said anything; else this is refused, and nothing happens
      const isSet = Object.entries(values).every(([name, value]) => api.{call}SetValue(name, value) === "true");
      return isSet && api.{call}Commit("") === "true";
    }}"""
    frames = pages_of(page)
    return bool(frames) and bool(frames[0].evaluate(script, values))


def value_of(page: Page, name: str, *, is_12: bool) -> str:
    """What the API tells the item that runs, "" where none does."""
    api, call = ("API", "LMSGetValue") if is_12 else ("API_1484_11", "GetValue")
    frames = pages_of(page)
    script = f"name => window.parent.{api} ? String(window.parent.{api}.{call}(name)) : ''"
    return str(frames[0].evaluate(script, name)) if frames else ""
