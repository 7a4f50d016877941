#!/usr/bin/python3
"""Uses the operators' page as operators do, in a real browser, beside a real worker, broker and store.

  use_console.py PROGRAM PICTURES

PROGRAM is the built refund-worker, PICTURES a directory for screenshots. The broker, its prefix, the store and the policy
are those of the environment (REFUND_WORKER_…); the topology must be declared, and nothing else may use it. Prints a line
for each thing that holds; exit 1 tells what does not.
"""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import pika

from browser import Browser, BrowserError

HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = 500
TOKEN = "4be1f0c7a92d3586ab1c"
UNANSWERED = range(8100, 8180)


class Fault(Exception):
    """Something is not as it must be."""


def expect(holds, what):
    if not holds:
        raise Fault(what)


class Parts:
    """The program's processes, each ended by its own id."""

    def __init__(self, program):
        self.program = program
        self.running = []

    def start(self, *arguments, until=None):
        process = subprocess.Popen(
            [self.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        self.running.append(process)
        if until is None:
            return process, None
        for line in process.stdout:
            if until in line:
                return process, line.strip()
        raise Fault(f"{arguments[0]} ended before it said {until!r}")

    def end(self, process):
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        if process.poll() is None:
            process.kill()
            process.wait()
        self.running.remove(process)

    def end_all(self):
        for process in list(self.running):
            self.end(process)

    def run(self, *arguments, text=None):
        done = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True, timeout=120)
        expect(done.returncode == 0, f"{arguments}: {done.stderr}")
        return done.stdout


def moment(seconds=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def request(number, **changes):
    wish = {
        "request_id": f"rr-{number}", "kind": "cancellation", "submitted_at": moment(-3600), "order_number": f"ORD-{number}",
        "service": {"id": "api-requests", "subscription_id": f"sub-{number}"},
        "customer": {"id": f"cus-{number % 7}", "contact": f"mailto:hidden-{number}@example.com", "locale": "en"},
        "invoice": {"number": f"INV-{number}", "issued_on": moment(-86400 * 20)[:10],
                    "paid": {"amount": "10.00", "currency": "USD"}, "proof_of_payment": f"https://files.example.com/hidden-{number}.pdf"},
        "usage": {"unit": "request", "included": 10000, "remaining": 7000},
        "payment_method": {"type": "card", "token": f"pm_hidden_{number}"}}
    wish.update(changes)
    return {name: value for name, value in wish.items() if value is not None}


class Operator:
    """Somebody at a browser, with what the tasks need."""

    def __init__(self, parts, browser, base, pictures):
        self.parts, self.browser, self.base, self.pictures = parts, browser, base, pictures

    def tab(self, **how):
        return self.browser.tab(**how)

    def look(self, tab, name):
        """Keeps a picture, and holds the page against what every page must have."""
        tab.picture(os.path.join(self.pictures, f"{name}.png"))
        with open(os.path.join(HERE, "accessibility.js"), encoding="utf-8") as file:
            faults = tab.evaluate(file.read())
        expect(not faults, f"{name}: " + "; ".join(faults))
        expect(not tab.problems, f"{name}: the browser complains: {tab.problems}")
        expect("hidden" not in tab.text(), f"{name}: something confidential is shown")


def signing_in(operator):
    """Nothing is shown before the token was said; a wrong one is told, and a link leads on to where it was going."""
    tab = operator.tab(width=1440)
    for _ in range(2):
        tab.open(operator.base + "/review")
        expect("Sign in" in tab.text() and "rr-" not in tab.text(), "something is shown without a token")
        tab.fill("#token", "wrong")
        tab.follow("button", "Sign in")
        expect("That is not the token." in tab.text(), "it is not said that the token is wrong")
        # Chromium tells of the answer 401 in its own words.
        tab.problems.clear()
        operator.look(tab, "login-1440-light")
        tab.fill("#token", TOKEN)
        tab.follow("button", "Sign in")
        expect(tab.path() == "/review", f"signing in leads to {tab.path()}")
        tab.follow("button", "Sign out")
    tab.fill("#token", TOKEN)
    tab.follow("button", "Sign in")
    tab.close()


def stuck_payout(operator, scripts):
    """From the picture of deadlines to the case, and from there to settlement."""
    tab = operator.tab(width=1440, scripts=scripts)
    tab.open(operator.base + "/deadlines")
    # The bar of the day on which the refund is due: by its own link, as a keyboard reaches it.
    due = moment(14 * 86400 - 3600)[:10]
    place = tab.evaluate(f"[...document.querySelectorAll('svg a')].findIndex(a => a.getAttribute('href').includes('due={due}'))")
    expect(place >= 0, f"there is no bar for {due}")
    tab.evaluate(f"document.querySelectorAll('svg a')[{place}].focus()")
    tab.events = []
    tab.press("Enter", 13)
    tab.wait("Page.loadEventFired")
    number = "2001" if scripts else "2002"
    expect(f"rr-{number}" in tab.text(), "the bar does not lead to the case")
    tab.follow("a", f"rr-{number}")
    expect("needs attention" in tab.text() and "given up: failed" in tab.text(), "the case does not say what is wrong")
    tab.follow(".actions a", "Retry")
    tab.fill("#by", "ann")
    tab.fill("#note", "the payout system is mended")
    tab.follow("button", "Look at what follows")
    expect(f"rr-{number}/payout#2" in tab.text(), "what would be sent is not told")
    tab.follow("button", "as shown")
    expect("refund.retried is with the broker" in tab.text(), "it is not said that it was sent")
    until_case(tab, operator, number, "settled", scripts)
    tab.close()


def until_case(tab, operator, number, status, scripts):
    """The page shows it by itself where scripts run; without, people load it again."""
    shown = f"document.querySelector('#standing .pill')?.textContent === '{status}'"
    if scripts:
        tab.until(shown, f"rr-{number} becomes {status} on the page")
        return
    end = time.monotonic() + Browser.PATIENCE
    while True:
        tab.open(f"{operator.base}/cases/rr-{number}")
        if tab.evaluate(shown):
            return
        expect(time.monotonic() < end, f"rr-{number} does not become {status}")


def review(operator, scripts):
    """A case in review, approved with another amount, after what would follow was looked at."""
    number = "2003" if scripts else "2004"
    tab = operator.tab(width=1440, scripts=scripts)
    tab.open(operator.base + "/review")
    tab.follow(f".actions a[aria-label='Approve rr-{number}']")
    tab.fill("#by", "ann")
    tab.fill("#amount", "5.00")
    tab.fill("#note", "agreed by phone")
    tab.follow("button", "Look at what follows")
    text = tab.text()
    expect(f"rr-{number}/payout#1" in text and "5.00" in text, "what would be sent is not told")
    tab.follow("button", "as shown")
    until_case(tab, operator, number, "settled", scripts)
    shown = json.loads(operator.parts.run("cases", "show", f"rr-{number}", "--json"))
    expect(shown["refund"]["amount"] == "5.00", f"the refund is {shown['refund']}")
    expect(shown["decision"]["review"]["by"] == "ann", "the review is not signed")
    tab.close()


def brake(operator, scripts):
    """Payouts are paused by one who sees trouble; every page says so, until they are let go."""
    tab = operator.tab(width=1440, scripts=scripts)
    tab.open(operator.base + "/payouts")
    tab.fill("#by", "ann")
    tab.fill("#note", "the payout system pays twice")
    tab.follow("button", "Pause payouts")
    expect("payouts.paused is with the broker" in tab.text(), "it is not said that it was sent")
    until_paused(operator, True)
    for address in ("/", "/cases/rr-2001", "/review"):
        end = time.monotonic() + Browser.PATIENCE
        tab.open(operator.base + address)
        while not tab.evaluate("document.querySelector('#brake').innerText.includes('the payout system pays twice')"):
            expect(time.monotonic() < end, f"{address} does not tell of the pause")
            tab.open(operator.base + address)  # pages share what was seen two seconds ago
    operator.look(tab, f"paused-1440{'' if scripts else '-plain'}")
    tab.follow("#brake a")
    tab.fill("#note", "it is mended")
    tab.follow("button", "Let payouts go")
    until_paused(operator, False)
    tab.close()


def until_paused(operator, is_paused):
    end = time.monotonic() + Browser.PATIENCE
    while json.loads(subprocess.run(
            [operator.parts.program, "payouts", "status", "--json"], capture_output=True, text=True, timeout=60).stdout
            )["paused"] != is_paused:
        expect(time.monotonic() < end, f"payouts are {'not paused' if is_paused else 'still paused'}")
        time.sleep(0.2)  # the brake can only be looked at again


def dead_letters(operator):
    """500 letters: one looked at and replayed, then the group, with progress; then one discarded, and that undone."""
    tab = operator.tab(width=1440)
    tab.open(operator.base + "/dead")
    tab.follow("#groups a", "unknown_request")
    expect(f"{LETTERS} dead letters" in tab.text(), f"the group is not whole: {tab.text()[:400]}")
    expect("would change a case" in tab.text(), "what a replay would do is not told")
    operator.look(tab, "dead-group-1440-light")
    tab.follow("#letters a")
    expect("in review" in tab.text() and "withdrawn" in tab.text(), "what would follow is not told")
    operator.look(tab, "dead-letter-1440-light")
    tab.follow("button", "Replay it")
    tab.until("document.body.innerText.includes('1 letter sent again')", "the letter is sent")
    tab.open(operator.base + "/dead")
    tab.follow("#groups a", "unknown_request")
    tab.follow("button", f"Replay all {LETTERS - 1}")
    tab.until(f"document.body.innerText.includes('{LETTERS - 1} letters sent again')", "the group is sent")
    tab.open(operator.base + "/cases/rr-5001")
    until_case(tab, operator, "5001", "withdrawn", True)
    tab.open(operator.base + "/dead")
    tab.follow("#groups a", "invalid_field")
    tab.follow("#letters a")
    expect(tab.evaluate("document.querySelector('mark')?.textContent") == '"refund"', "the wrong field is not marked")
    expect(tab.evaluate("document.querySelectorAll('main script, main b').length") == 0, "a text became markup")
    operator.look(tab, "dead-letter-wrong-1440-light")
    tab.follow("button", "Discard it")
    tab.follow("button", "Undo")
    expect("undone" in tab.text(), "a discard can't be undone")
    tab.open(operator.base + "/dead")
    expect("invalid_field" in tab.text(), "the letter is gone although the discard was undone")
    expect(not tab.problems, f"the browser complains: {tab.problems}")
    tab.close()


def every_view(operator):
    """Each view at two widths, light and dark, without scripts and with."""
    views = {
        "now": "/", "deadlines": "/deadlines", "cases": "/cases", "case": "/cases/rr-2001", "review": "/review",
        "approve": "/cases/rr-2005/approve", "payouts": "/payouts", "dead": "/dead", "parked": "/parked", "found": "/cases?q=ORD-2001&by=order"}
    for width in (360, 1440):
        for scheme in ("light", "dark"):
            for scripts in (True, False):
                tab = operator.tab(width=width, scheme=scheme, scripts=scripts)
                for name, address in views.items():
                    tab.open(operator.base + address)
                    operator.look(tab, f"{name}-{width}-{scheme}{'' if scripts else '-plain'}")
                tab.close()


def keyboard(operator):
    """The first stop of the keyboard skips to the content; each stop can be seen, and follows the page's order."""
    tab = operator.tab(width=1440)
    tab.open(operator.base + "/cases")
    order = []
    for _ in range(12):
        tab.press("Tab", 9)
        order.append(tab.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.textContent.trim().slice(0, 30) || e.id, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0]; })()"))
    expect(order[0][0] == "Skip to the content", f"the first stop is {order[0]}")
    expect([name for name, _ in order[1:6]] == ["Now", "Deadlines", "Cases", "Review", "Dead letters"], f"{order}")
    expect(all(seen for _, seen in order), f"a stop can't be seen: {order}")
    tab.close()


def reveal(operator):
    """Contacts are shown to those who ask."""
    tab = operator.tab(width=1440)
    tab.open(operator.base + "/cases/rr-2001")
    source = tab.evaluate("document.documentElement.outerHTML")
    for secret in ("hidden-2001", "pm_hidden", "hidden.pdf"):
        expect(secret not in source, f"something confidential is in the page: {secret}")
    tab.evaluate("document.querySelector('form[action$=\\'/reveal\\'] input[name=by]').value = 'ann'")
    tab.follow("button", "Show contacts")
    expect("mailto:hidden-2001@example.com" in tab.evaluate("document.documentElement.outerHTML"), "it is not shown")
    tab.close()


def live(operator):
    """What happens shows on an open page without loading it again."""
    tab = operator.tab(width=1440)
    tab.open(operator.base + "/")
    tab.evaluate("window.isSame = true")
    before = tab.evaluate("document.querySelector('#hour .value').textContent")
    operator.parts.run("submit", "-", text=json.dumps(request(6001)))
    tab.until(f"document.querySelector('#hour .value').textContent !== '{before}'", "a new request shows by itself")
    expect(tab.evaluate("window.isSame"), "the page was loaded again")
    tab.close()


def new_section(operator):
    """An open page on which one section changes and another is new keeps all of them."""
    tab = operator.tab(width=1440)
    tab.open(operator.base + "/")
    lost = tab.evaluate(
        "(() => { const names = () => [...document.querySelectorAll('[data-live]')].map(e => e.dataset.live);"
        " const filled = () => names().filter(name => document.querySelector(`[data-live='${name}']`)?.textContent?.trim());"
        " const before = filled(); const fresh = document.documentElement.cloneNode(true);"
        " for (const section of fresh.querySelectorAll('[data-live]')) section.append('CHANGED');"
        " const extra = document.createElement('section'); extra.dataset.live = 'extra'; extra.textContent = 'NEW';"
        " fresh.querySelector('main').append(extra); takeOver(fresh.outerHTML);"
        " const after = filled(); const text = document.querySelector('main').textContent;"
        " return [...before, 'extra'].filter(name => !after.includes(name)"
        " || !document.querySelector(`[data-live='${name}']`).textContent.match(/CHANGED|NEW/)); })()")
    expect(lost == [], f"sections were lost or not changed: {lost}")
    tab.close()


def readme_pictures(operator):
    """The two pictures of the README."""
    for name, address, scheme in (("deadlines", "/deadlines", "light"), ("case", "/cases/rr-2001", "dark")):
        tab = operator.tab(width=1100, height=760, scheme=scheme)
        tab.open(operator.base + address)
        tab.picture(os.path.join(operator.pictures, f"readme-{name}.png"), whole=False)
        tab.close()


def prepare(parts):
    """Cases for each task, and letters that died before their requests came."""
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["REFUND_WORKER_AMQP_URL"])).channel()
    prefix = os.environ.get("REFUND_WORKER_AMQP_PREFIX", "")

    def until_dead(count):
        end = time.monotonic() + 120
        while channel.queue_declare(prefix + "refund.dead", passive=True).method.message_count < count:
            expect(time.monotonic() < end, f"there are not {count} dead letters")
            time.sleep(0.1)  # a queue's depth can only be asked for again

    withdrawals = [{"request_id": f"rr-{5000 + index}", "submitted_at": moment(-60)} for index in range(LETTERS)]
    parts.run("submit", "--type", "refund.withdrawn", "-", text="\n".join(map(json.dumps, withdrawals)))
    wrong = request(7001, kind="refund", order_number="<script>alert(1)</script><b>bold</b>")
    parts.run("submit", "-", text=json.dumps(wrong))
    until_dead(LETTERS + 1)
    wishes = [request(number) for number in (2001, 2002)]
    # The most urgent of those in review.
    wishes += [request(number, dispute="open", submitted_at=moment(-86400 * 2.9)) for number in (2003, 2004, 2005)]
    wishes += [request(2006, order_number=None), request(2007, kind="return", submitted_at=moment(-86400 * 15))]
    # Promises of many days: answers of those in review, refunds of those whose payout is never answered.
    wishes += [request(number, dispute="open", submitted_at=moment(-7000 * (number - 8000))) for number in range(8000, 8030)]
    wishes += [request(number, submitted_at=moment(-13000 * (number - 8100))) for number in UNANSWERED]
    wishes += [request(number, dispute="open") for number in range(5000, 5000 + LETTERS)]
    parts.run("submit", "-", text="\n".join(map(json.dumps, wishes)))
    end = time.monotonic() + 120
    while not all(case_status(parts, number) == "attention" for number in (2001, 2002)):
        expect(time.monotonic() < end, "the payouts that fail do not come to attention")
        time.sleep(0.2)  # a case can only be looked at again


def case_status(parts, number):
    done = subprocess.run([parts.program, "cases", "show", f"rr-{number}", "--json"], capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)["status"] if done.returncode == 0 else None


def main():
    program, pictures = sys.argv[1:]
    parts = Parts(program)
    try:
        parts.start("run")
        silences = [word for number in UNANSWERED for word in ("--silence", f"rr-{number}/payout")]
        parts.start("sandbox", "--fail", "rr-2001/payout:1", "--fail", "rr-2002/payout:1", *silences)
        prepare(parts)
        with tempfile.NamedTemporaryFile("w", prefix="console-token.") as token, Browser() as browser:
            token.write(TOKEN)
            token.flush()
            _, line = parts.start("console", "--console-port", "0", "--console-token", token.name, until="http://")
            base = line.split()[-1].rstrip("/")
            operator = Operator(parts, browser, base, pictures)
            tasks = [
                ("signing in, and out", lambda: signing_in(operator)),
                ("every view, at two widths, light and dark, with and without scripts", lambda: every_view(operator)),
                ("the keyboard's way", lambda: keyboard(operator)),
                ("a stuck payout, from the picture to settlement", lambda: stuck_payout(operator, True)),
                ("the same without scripts", lambda: stuck_payout(operator, False)),
                ("a review approved", lambda: review(operator, True)),
                ("the same without scripts", lambda: review(operator, False)),
                ("payouts paused and let go", lambda: brake(operator, True)),
                ("the same without scripts", lambda: brake(operator, False)),
                ("500 dead letters replayed after looking at one; a discard undone", lambda: dead_letters(operator)),
                ("contacts, for those who ask", lambda: reveal(operator)),
                ("news on an open page", lambda: live(operator)),
                ("a new section on an open page", lambda: new_section(operator)),
                ("pictures for the README", lambda: readme_pictures(operator)),
            ]
            for name, task in tasks:
                task()
                print(f"holds: {name}", flush=True)
    finally:
        parts.end_all()


try:
    main()
except (Fault, BrowserError) as problem:
    sys.exit(f"use_console: {problem}")
