// What the page tells its scripts.

export function readPage() {
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  return { config: json("study-config"), texts: json("study-texts"), csrf };
}
