// Three questions; each answer is an interaction, and the score decides.
"use strict";

const QUESTIONS = [
  ["合闸之前，测量的结果怎样写进记录？", ["写数据：电阻多少、动作电流多少、哪一只箱", "写“正常”，由电工签名", "不写，口头告知班组"], 0],
  ["剩余电流保护器的试验按钮按下后不跳闸，怎么办？", ["再按几次，跳了就用", "停用，由电工检修更换", "先送电，下班再换"], 1],
  ["停电检修之后由谁送电？", ["谁在场谁送", "项目负责人送", "谁停谁送，挂牌上锁"], 2],
];
const part = (id) => document.getElementById(id);

function draw() {
  const sets = QUESTIONS.map(([prompt, options], number) => {
    const set = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = `${number + 1}. ${prompt}`;
    const labels = options.map((option, choice) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: `q${number}`, value: String(choice), required: true });
      label.append(input, option);
      return label;
    });
    set.append(legend, ...labels);
    return set;
  });
  part("questions").replaceChildren(...sets);
}

function judge() {
  const answers = new FormData(part("quiz"));
  const first = Number(course.get("cmi.interactions._count")) || 0;
  let right = 0;
  for (const [number, [prompt, options, key]] of QUESTIONS.entries()) {
    const answer = Number(answers.get(`q${number}`));
    const result = answer === key ? "correct" : "incorrect";
    right += answer === key ? 1 : 0;
    part("questions").children[number].dataset.result = result;
    const place = `cmi.interactions.${first + number}`;
    course.set(`${place}.id`, `question-${number + 1}`);
    course.set(`${place}.type`, "choice");
    course.set(`${place}.description`, `${prompt}（${options.length} 选 1）`);
    course.set(`${place}.correct_responses.0.pattern`, `option-${key + 1}`);
    course.set(`${place}.learner_response`, `option-${answer + 1}`);
    course.set(`${place}.result`, result);
  }
  const score = Math.round((right / QUESTIONS.length) * 100);
  course.set("cmi.score.min", 0);
  course.set("cmi.score.max", 100);
  course.set("cmi.score.raw", score);
  course.set("cmi.score.scaled", (score / 100).toFixed(2));
  course.set("cmi.success_status", score >= 60 ? "passed" : "failed");
  course.set("cmi.progress_measure", 1);
  course.set("cmi.completion_status", "completed");
  course.save();
  part("done").textContent = score >= 60 ? `得 ${score} 分，测验通过。` : `得 ${score} 分，未到 60 分，可以再答一次。`;
}

course.start();
draw();
part("quiz").addEventListener("submit", (event) => {
  event.preventDefault();
  judge();
});
