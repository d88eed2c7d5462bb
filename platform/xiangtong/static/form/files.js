/* Files are sent as soon as they are picked; photos are made smaller first; names are signed with a finger. ES2018. */
(function (X) {
  "use strict";

  const LONGEST_SIDE = 2000;
  const QUALITY = 0.85;

  function loadImage(file) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = reject;
      image.src = URL.createObjectURL(file);
    });
  }

  function toBlob(canvas, type) {
    return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
  }

  /** A photo with no side longer than 2000 pixels; the original where that is smaller, or no photo. */
  async function shrink(file) {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
    try {
      const image = await loadImage(file);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.naturalWidth * scale);
      canvas.height = Math.round(image.naturalHeight * scale);
      const paper = canvas.getContext("2d");
      // JPEG has no transparency: without a white ground it would turn black.
      paper.fillStyle = "#fff";
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(image.src);
      const small = await toBlob(canvas, "image/jpeg");
      return small && small.size < file.size ? new File([small], jpegName(file.name), { type: "image/jpeg" }) : file;
    } catch (problem) {
      return file;
    }
  }

  function jpegName(name) {
    return name.replace(/\.[^.]*$/, "") + ".jpg";
  }

  function sizeInWords(size) {
    return size >= 1000000 ? (size / 1000000).toFixed(1) + " MB" : Math.max(1, Math.round(size / 1000)) + " KB";
  }

  function Uploader(page, saver, keeper) {
    this.page = page;
    this.saver = saver;
    this.keeper = keeper;
    this.stuck = [];
    this.url = page.form.dataset.upload;
  }

  Uploader.prototype.line = function (pointer, name) {
    const list = this.page.form.querySelector('[data-files="' + pointer + '"]');
    const item = document.createElement("li");
    item.className = "file";
    item.innerHTML = '<span class="file__name"><span></span><small role="status"></small></span><progress max="1" value="0"></progress>';
    item.querySelector("span span").textContent = name;
    // A photo of another step travels unseen.
    if (list) list.appendChild(item);
    return item;
  };

  /** Send one file for the question at a pointer, showing how far it is; `prepare` may make it smaller first. It is
      kept on this device until the server has it, under a name of its own: sent twice, it is there once. */
  Uploader.prototype.send = async function (pointer, file, prepare) {
    const item = this.line(pointer, file.name);
    const ready = prepare ? await prepare(file) : file;
    const id = freshId();
    const parcel = { id: id, pointer: pointer, form: this.saver.shows, file: ready };
    await this.keeper.keepFile(parcel);
    await this.travel(item, parcel);
  };

  /** What was picked before and did not arrive. */
  Uploader.prototype.resume = async function () {
    if (!this.url) return;
    const waiting = await this.keeper.files();
    waiting.reduce((before, one) => before.then(() => this.travel(this.line(one.pointer, one.file.name), one)), Promise.resolve());
  };

  function freshId() {
    return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  Uploader.prototype.travel = async function (item, parcel) {
    const status = item.querySelector("small");
    status.textContent = this.page.words.uploading;
    try {
      const stored = await this.post(parcel, item.querySelector("progress"));
      this.stored(item, parcel.pointer, stored);
      await this.keeper.remove("files", parcel.id);
    } catch (problem) {
      item.classList.add("file--problem");
      status.textContent = problem.message || this.page.words.failed;
      item.querySelector("progress").hidden = true;
      if (problem.mayPass) this.offerAgain(item, problem, () => this.travel(item, parcel));
      else await this.keeper.remove("files", parcel.id);
    }
  };

  /** No network, or signed out: the file stays in hand, and one tap sends it again. */
  Uploader.prototype.offerAgain = function (item, problem, again) {
    const link = problem.signedOut && X.signInLink(this.page);
    if (link) item.querySelector("small").append(" ", link);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--plain";
    button.textContent = this.page.words.again;
    const retry = () => {
      this.stuck = this.stuck.filter((one) => one !== retry);
      button.remove();
      item.classList.remove("file--problem");
      item.querySelector("progress").hidden = false;
      again();
    };
    button.addEventListener("click", retry);
    this.stuck.push(retry);
    item.appendChild(button);
  };

  function trouble(words, more) {
    return Object.assign(new Error(words), more);
  }

  Uploader.prototype.post = function (parcel, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("pointer", parcel.pointer);
      body.append("upload_id", parcel.id);
      body.append("_form", parcel.form || "");
      body.append("file", parcel.file, parcel.file.name);
      request.open("POST", this.url);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.page.form.querySelector("[name=csrf_token]").value);
      request.setRequestHeader("X-Draft-Revision", String(this.saver.revision));
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress.value = event.loaded / event.total;
      };
      request.onerror = () => reject(trouble(this.page.words.failed, { mayPass: true }));
      request.onload = () => {
        const answer = readJson(request.responseText);
        if (request.status < 300 && answer) resolve(answer);
        else if (request.status === 401) reject(trouble(this.page.words.photoWaits, { mayPass: true, signedOut: true }));
        else if (request.status >= 500 || request.status === 429) reject(trouble(this.page.words.failed, { mayPass: true }));
        else reject(new Error((answer && answer.message) || this.page.words.failed));
      };
      request.send(body);
    });
  };

  function readJson(text) {
    try {
      return JSON.parse(text);
    } catch (problem) {
      return null;
    }
  }

  /** A photo is known by its look: whoever chose the wrong one sees it. */
  function showSmall(item, url) {
    const picture = document.createElement("img");
    picture.alt = "";
    picture.width = picture.height = 56;
    picture.src = url + "?small=1";
    item.insertBefore(picture, item.firstChild);
  }

  Uploader.prototype.stored = function (item, pointer, file) {
    // It had arrived before the page was left, and the page came back with it.
    if (this.page.form.querySelector('[data-file="' + file.id + '"]')) return item.remove();
    item.dataset.file = file.id;
    item.querySelector("progress").remove();
    if (file.url && /^image/.test(file.media_type)) showSmall(item, file.url);
    item.querySelector("small").textContent = sizeInWords(file.size) + " · " + this.page.words.uploaded;
    const button = document.createElement("button");
    button.className = "button button--plain";
    button.name = "_action";
    button.value = "drop:" + pointer + ":" + file.id;
    button.formNoValidate = true;
    button.textContent = this.page.words.remove;
    item.appendChild(button);
    // A stored file is one more change of the draft, whether or not the answer says so.
    this.saver.revise(file.revision === undefined ? this.saver.revision + 1 : file.revision);
    const known = X.valueAt(this.page.answers, pointer);
    X.put(this.page.answers, pointer, (Array.isArray(known) ? known : []).concat([file]));
    this.page.tell(pointer, "");
    this.page.refresh();
  };

  Uploader.prototype.watch = function () {
    this.page.form.addEventListener("change", (event) => {
      const input = event.target;
      if (input.type !== "file" || !input.dataset.pick || !this.url) return;
      const files = Array.from(input.files);
      // The file travels now; leaving it in the input would send it a second time.
      input.value = "";
      files.reduce((before, file) => before.then(() => this.send(input.dataset.pick, file, shrink)), Promise.resolve());
    });
    this.page.form.querySelectorAll("[data-pen]").forEach((pen) => this.pen(pen));
    window.addEventListener("online", () => this.stuck.slice().forEach((retry) => retry()));
  };

  /** A place to write one's name with a finger. */
  Uploader.prototype.pen = function (pen) {
    const canvas = pen.querySelector("canvas");
    const paper = canvas.getContext("2d");
    let written = false;
    let drawing = false;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
    };
    Object.assign(paper, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#1a2530" });
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      paper.beginPath();
      paper.moveTo.apply(paper, at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      written = true;
      paper.lineTo.apply(paper, at(event));
      paper.stroke();
    });
    ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { drawing = false; }));
    const clear = () => {
      paper.clearRect(0, 0, canvas.width, canvas.height);
      written = false;
    };
    pen.querySelector("[data-pen-clear]").addEventListener("click", clear);
    pen.querySelector("[data-pen-keep]").addEventListener("click", async () => {
      if (!written) return this.page.tell(pen.dataset.pen, this.page.words.blank);
      const blob = await toBlob(canvas, "image/png");
      clear();
      return this.send(pen.dataset.pen, new File([blob], (this.page.words.signature || "signature") + ".png", { type: "image/png" }));
    });
  };

  Object.assign(X, { Uploader: Uploader, shrink: shrink });
})(window.Xiangtong);
