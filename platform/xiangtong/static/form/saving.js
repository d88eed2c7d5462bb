/* Every change is sent by itself, soon; what cannot be sent is kept and tried again. ES2018. */
(function (X) {
  "use strict";

  const PAUSE = 600;
  const LONGEST_WAIT = 60000;
  // Of one answer that is typed on and on without a network, so many of the last values are remembered as ours.
  const MOST_UNSURE = 3;
  // A browser sends no more than 64 KiB for a page that is being left; of Chinese, that is a third as many characters.
  const MOST_WHEN_LEAVING = 20000;

  function Saver(page, keeper) {
    this.page = page;
    this.keeper = keeper;
    this.url = page.form.dataset.autosave;
    this.shows = page.form.dataset.form || "";
    this.revision = Number(page.form.dataset.revision || 0);
    this.begun = this.revision;
    this.seen = new Map();
    this.line = document.querySelector("[data-saved]");
    this.waiting = new Map();
    this.sent = new Map();
    // What was sent without an answer yet: if it stands on the server, nobody else wrote it there.
    this.unsure = new Map();
    this.timer = 0;
    this.wait = PAUSE;
    this.busy = false;
    this.stopped = !this.url;
    // What an earlier page held is looked at before it can be written over.
    this.before = keeper.kept();
    this.keeping = this.before.then(() => true);
    this.shell = Boolean(window.navigator.serviceWorker);
  }

  /** What is not sent yet is on this device, sealed, from the first keystroke: a page that is loaded again has it. */
  Saver.prototype.keep = function () {
    this.keeping = this.keeping.then(() => {
      const held = this.held();
      if (!this.shell) held.sent = [];
      return held.waiting.length || held.sent.length ? this.keeper.keep(held) : this.keeper.drop();
    });
    return this.keeping;
  };

  /** What this page holds, as [pointer, value, known revision, values of ours]: what waits, and what was sent, for a page
      that was made before it arrived (one that opens without network, or was asked for just before). `form`: the version
      it shows. */
  Saver.prototype.held = function () {
    const known = (pair) => [pair[0], pair[1], this.known(pair[0]), this.unsure.get(pair[0])];
    return { waiting: Array.from(this.waiting, known), sent: Array.from(this.sent, known), form: this.shows };
  };

  /** The page is being left: what waits is sent, also beside what is on its way, and what it holds is kept at once. */
  Saver.prototype.leave = function () {
    if (this.waiting.size || this.sent.size) this.keeper.part(this.held());
    if (!this.busy) this.send();
    else if (this.waiting.size && !this.stopped) this.request(Array.from(this.waiting), this.shows).catch(() => null);
  };

  /** Note that the answer at a pointer is now this raw text (or list of texts). */
  Saver.prototype.note = function (pointer, value) {
    this.waiting.set(pointer, value);
    this.mark();
    this.keep();
    this.soon(PAUSE);
  };

  /** The line that says “saved” does not look so while something is on its way. */
  Saver.prototype.mark = function () {
    if (this.line) this.line.toggleAttribute("data-pending", this.waiting.size > 0);
  };

  /** The revision of an answer that this page knows: the one it had when the page was made, or was given since. */
  Saver.prototype.known = function (pointer) {
    return this.seen.has(pointer) ? this.seen.get(pointer) : this.begun;
  };

  /** What this page typed goes along with a form that is posted: what it did not type may be newer elsewhere. */
  Saver.prototype.declare = function () {
    const field = this.page.form.querySelector("[name=_seen]");
    const told = {};
    Array.from(this.seen.keys()).concat(Array.from(this.waiting.keys())).forEach((name) => {
      told[name] = { revision: this.known(name), ours: this.unsure.get(name) };
    });
    if (field) field.value = JSON.stringify(told);
  };

  Saver.prototype.soon = function (pause) {
    window.clearTimeout(this.timer);
    if (!this.stopped) this.timer = window.setTimeout(() => this.send(), pause);
  };

  Saver.prototype.say = function (look, words) {
    if (!this.line) return;
    this.line.className = look ? "saved saved--" + look : "saved";
    this.line.textContent = words;
  };

  /** Send a batch that was typed on a page of the version `shows`. */
  Saver.prototype.request = function (batch, shows) {
    const known = (name) => (shows === this.shows ? this.known(name) : 0);
    const told = (pair) => ({ pointer: pair[0], value: pair[1], revision: known(pair[0]), ours: this.unsure.get(pair[0]) });
    const body = JSON.stringify(batch.map(told));
    batch.forEach((pair) => this.doubt(pair[0], pair[1]));
    const token = this.page.form.querySelector("[name=csrf_token]");
    return window.fetch(this.url, {
      method: "POST",
      credentials: "same-origin",
      keepalive: body.length < MOST_WHEN_LEAVING,
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": token ? token.value : "",
        "X-Draft-Revision": String(this.revision),
        "X-Form-Digest": shows,
      },
      body: body,
    });
  };

  /** It may arrive, and we may never hear of it. */
  Saver.prototype.doubt = function (name, value) {
    const before = (this.unsure.get(name) || []).filter((one) => !X.same(one, value));
    this.unsure.set(name, before.concat([value]).slice(-MOST_UNSURE));
  };

  Saver.prototype.send = async function () {
    if (this.busy || this.stopped || !this.waiting.size) return;
    this.busy = true;
    const batch = Array.from(this.waiting);
    try {
      const response = await this.request(batch, this.shows);
      if (response.ok) await this.done(batch, await response.json());
      else await this.refused(batch, response.status);
    } catch (problem) {
      // It may have arrived all the same: then it is ours that stands there.
      batch.forEach((pair) => this.sent.set(pair[0], pair[1]));
      await this.offline();
    }
    this.busy = false;
    if (this.waiting.size && !this.stopped) this.soon(this.wait);
  };

  Saver.prototype.done = async function (batch, answer) {
    batch.forEach((pair) => {
      if (this.waiting.get(pair[0]) === pair[1]) this.waiting.delete(pair[0]);
      this.unsure.delete(pair[0]);
    });
    this.wait = PAUSE;
    if (answer.revision !== undefined) this.revise(answer.revision);
    batch.forEach((pair) => this.seen.set(pair[0], X.own(answer.revisions, pair[0]) || this.revision));
    const time = answer.saved_at || new Date().toTimeString().slice(0, 5);
    // The draft moved to another version of the form: all of it is saved, and seen on the page of that version.
    if (answer.moved) this.say("lost", answer.moved);
    else this.say("", this.page.words.saved.replace("{time}", time));
    batch.forEach((pair) => {
      const sentence = X.own(answer.problems, pair[0]) || "";
      if (!sentence || this.page.touched.has(pair[0])) this.page.tell(pair[0], sentence);
    });
    this.showConflicts(batch, answer.conflicts || []);
    this.mark();
    await this.keep();
  };

  /** What was typed elsewhere is shown beside what is kept now; what this page itself sent before is no conflict. */
  Saver.prototype.showConflicts = function (batch, conflicts) {
    const ours = new Map(batch);
    conflicts.forEach((one) => {
      const known = X.same(one.other, this.sent.get(one.pointer)) || X.same(one.other, ours.get(one.pointer));
      const take = () => {
        this.note(one.pointer, one.other);
        this.page.refresh(one.pointer);
      };
      if (!known) this.page.tellOther(one.pointer, one.other, take);
    });
    batch.forEach((pair) => this.sent.set(pair[0], pair[1]));
  };

  Saver.prototype.revise = function (revision) {
    this.revision = revision;
  };

  Saver.prototype.refused = async function (batch, status) {
    if (status >= 500 || status === 429) return this.offline();
    await this.keep();
    const words = this.page.words;
    if (status === 401 || status === 403) this.signedOut();
    else if (status === 409) this.stop(words.elsewhere);
    else {
      batch.forEach((pair) => this.waiting.delete(pair[0]));
      this.mark();
      this.keep();
      this.say("waiting", words.refused);
    }
    return undefined;
  };

  Saver.prototype.signedOut = function () {
    this.stop(this.page.words.expired);
    const link = X.signInLink(this.page);
    if (this.line && link) this.line.append(" ", link);
  };

  /** A link to sign in again on a page of its own: this one keeps what was typed and picked. */
  function signInLink(page) {
    if (!page.form.dataset.signIn) return null;
    const link = document.createElement("a");
    link.href = page.form.dataset.signIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = page.words.signin;
    return link;
  }

  /** Back on this page, perhaps from signing in: try again what was not sent. */
  Saver.prototype.awake = function () {
    if (!this.stopped || !this.url || !this.waiting.size) return;
    this.stopped = false;
    this.soon(0);
  };

  /** What waits below a question goes with the form that is posted now: after a row of it is taken away, the kept
      pointers would name other rows. */
  Saver.prototype.forget = function (pointer) {
    [this.waiting, this.sent].forEach((pairs) => Array.from(pairs.keys()).forEach((name) => {
      if (name.indexOf(pointer + "/") === 0) pairs.delete(name);
    }));
    this.keeper.part(this.held());
    this.keep();
  };

  Saver.prototype.stop = function (words) {
    this.stopped = true;
    this.say("lost", words);
  };

  Saver.prototype.offline = async function () {
    const safe = await this.keep();
    this.say("waiting", safe ? this.page.words.kept : this.page.words.offline);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  };

  /** What an earlier visit could not send is put back and sent now, and so is shown what was sent after this page was made. */
  Saver.prototype.resume = async function () {
    const offline = document.documentElement.hasAttribute("data-offline");
    const before = await this.before;
    if (before.form && before.form !== this.shows) return this.deliver(before);
    const here = this.page.inputs();
    before.sent.filter((pair) => pair[2] > this.begun || !here.has(pair[0])).forEach((pair) => this.restore(pair, false));
    before.waiting.forEach((pair) => this.restore(pair, true));
    this.keep();
    if (before.waiting.length) this.soon(0);
    if (offline) this.say("waiting", this.page.words.kept);
  };

  /** Take up what an earlier page held. It may have arrived; what was answered elsewhere since then is shown beside it.
      What was typed on this page meanwhile is newer. */
  Saver.prototype.restore = function (pair, waits) {
    if (this.waiting.has(pair[0])) return;
    this.page.restore(pair[0], pair[1]);
    this.sent.set(pair[0], pair[1]);
    this.seen.set(pair[0], pair[2] || 0);
    if (!waits) return;
    this.waiting.set(pair[0], pair[1]);
    (pair[3] || []).concat([pair[1]]).forEach((value) => this.doubt(pair[0], value));
  };

  /** What was typed on a page of an earlier version has its place where the server says: shown when it is saved. */
  Saver.prototype.deliver = async function (before) {
    // Until it has arrived, nothing that is typed on this page is kept in its place.
    this.keeper.able = false;
    try {
      if (before.waiting.length && !(await this.request(before.waiting, before.form)).ok) return;
      this.keeper.able = true;
      await this.keeper.drop();
      if (before.waiting.length) window.location.reload();
    } catch (problem) {
      this.say("waiting", this.page.words.kept);
    }
  };

  Object.assign(X, { Saver: Saver, signInLink: signInLink });
})(window.Xiangtong);
