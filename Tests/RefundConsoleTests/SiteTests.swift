import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@testable import RefundConsole

@Suite("The pages of the site")
struct SiteTests {
    @Test("every view is a page, also while the broker is away")
    func views() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1"), TestSite.request("rr-2", dispute: "open")])
        let browser = test.browser
        for address in [
            "/", "/deadlines", "/cases", "/cases?status=approved", "/cases?deadline=14d", "/cases?due=2022-03-08",
            "/cases?code=dispute_open", "/review", "/parked", "/cases/rr-1", "/cases/rr-2/approve",
        ] {
            let page = try await browser.get(address)
            #expect(browser.status == 200, "\(address)")
            #expect(page.hasPrefix("<!doctype html>") && page.contains("<h1>"))
        }
        #expect(try await browser.get("/").contains("The broker can&#39;t be asked"))
        for address in ["/nothing", "/cases/rr-9", "/cases/a%20b", "/cases/rr-1/nothing", "/dead/jobs/7"] {
            _ = try await browser.get(address)
            #expect(browser.status == 404, "\(address)")
        }
        _ = try await browser.get("/cases?status=nothing")
        #expect(browser.status == 400)
        _ = try await browser.get("/dead")
        #expect(browser.status == 503)
    }

    @Test("what goes on now tells how old what waits is")
    func waiting() async throws {
        let test = try TestSite()
        #expect(try await test.browser.get("/").contains("nothing"))
        let other = try TestSite()
        try other.receive([TestSite.request("rr-1")])
        let page = try await other.browser.get("/")
        #expect(page.contains("3 messages, the oldest committed"))
        #expect(page.contains("1m after its customer had asked"))
    }

    @Test("nothing that came from outside becomes markup, and nothing confidential is shown unasked")
    func hostile() async throws {
        let test = try TestSite()
        let evil = #"<script>alert(1)</script>'\" onmouseover=x"#
        try test.receive([
            TestSite.request("rr-1", dispute: "open", order: evil, customer: evil),
            (
                .reviewed,
                """
                {"action_id": "act-1", "request_id": "rr-1", "verdict": "approve", "by": "<b>ann</b>", "note": "\(evil)"}
                """
            ),
            (
                .failed,
                #"{"command_id": "rr-1/payout", "idempotency_key": "rr-1/payout#1", "occurred_at": "2022-02-22T09:31:00Z", "code": "<i>", "message": "\#(evil)", "retryable": false}"#
            ),
        ])
        let browser = test.browser
        for address in [
            "/", "/cases", "/cases/rr-1", "/review", "/deadlines", "/cases/rr-1/retry", "/cases?q=%3Cscript%3E",
        ] {
            let page = try await browser.get(address)
            #expect(browser.status == 200)
            #expect(!page.contains("<script>") && !page.contains("<b>ann") && !page.contains("<i>"), "\(address)")
            for secret in ["hidden@example.com", "pm_hidden", "hidden.pdf"] {
                #expect(!page.contains(secret), "\(address)")
            }
        }
        #expect(try await browser.get("/cases/rr-1").contains("&lt;script&gt;alert(1)"))
        // What is brought up to date by server-sent events is the same page, by the same rules.
        let live = try #require(PageRequest(address: "/live?page=%2Fcases%2Frr-1"))
        let pushed = try await browser.live(live)
        #expect(pushed.contains("&lt;script&gt;alert(1)") && !pushed.contains("<script>"))
        for secret in ["hidden@example.com", "pm_hidden", "hidden.pdf"] { #expect(!pushed.contains(secret)) }
        let unsigned = try await browser.post("/cases/rr-1/reveal", [:])
        #expect(browser.status == 400 && unsigned.contains("Say who asks") && !unsigned.contains("pm_hidden"))
        let revealed = try await browser.post("/cases/rr-1/reveal", ["by": "ann"])
        #expect(revealed.contains("hidden@example.com") && revealed.contains("pm_hidden"))
        #expect(!revealed.contains("<script>"))
    }

    @Test("a case is found by each of its identifiers, once the store has been read")
    func search() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", order: "ORD-A", customer: "cus-A"), TestSite.request("rr-2")])
        try await test.site.indexing.catchUp()
        try test.receive([TestSite.request("rr-3", order: "ORD-C")])
        try await test.site.indexing.catchUp()
        let browser = test.browser
        func found(_ query: String) async throws -> [String] {
            let page = try await browser.get("/cases?\(query)")
            return ["rr-1", "rr-2", "rr-3"].filter { page.contains(">\($0)</code>") }
        }
        #expect(try await found("q=rr-1") == ["rr-1"])
        #expect(try await found("q=ORD-A&by=order") == ["rr-1"])
        #expect(try await found("q=INV-rr-2") == ["rr-2"])
        #expect(try await found("q=sub-rr-2&by=subscription") == ["rr-2"])
        #expect(try await found("q=cus-A&by=customer") == ["rr-1"])
        #expect(try await found("q=ORD-C") == ["rr-3"])
        #expect(try await found("q=ORD-A&by=invoice") == [])
        #expect(try await found("q=ORD-A&status=settled") == [])
        #expect(test.site.indexing.progress.indexed == 3)
    }

    @Test("what would be decided and sent is told beforehand, as the decision itself has it")
    func preview() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open")])
        let browser = test.browser
        let asked = try await browser.get("/cases/rr-1/approve")
        #expect(asked.contains("rr-1/payout#1") && asked.contains("rr-1/approved") && !asked.contains("as shown"))
        let gaps = try await browser.post("/cases/rr-1/approve", ["by": "ann"])
        #expect(gaps.contains("Say why.") && !gaps.contains("as shown"))
        let ready = try await browser.post("/cases/rr-1/approve", ["by": "ann", "note": "agreed", "amount": "5.00"])
        #expect(ready.contains("as shown") && ready.contains(">5.00</span>"))
        let tooMuch = try await browser.post("/cases/rr-1/approve", ["by": "ann", "note": "agreed", "amount": "11.00"])
        #expect(tooMuch.contains("It would be refused"))
        let closing = try await browser.post("/cases/rr-1/close", ["by": "ann", "note": "by hand"])
        #expect(closing.contains("not_applicable"))
    }

    @Test("what is sent is what was looked at: a case that has changed meanwhile is shown again")
    func changedMeanwhile() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open")])
        let browser = test.browser
        _ = try await browser.get("/cases/rr-1")
        try test.receive([(.withdrawn, #"{"request_id": "rr-1", "submitted_at": "2022-02-22T09:30:01Z"}"#)])
        let page = try await browser.post("/cases/rr-1/approve/send", ["by": "ann", "note": "ok", "seen": "1"])
        #expect(browser.status == 409)
        #expect(page.contains("The case has changed since you looked"))
    }

    @Test("a form without this session's proof, or from elsewhere, changes nothing")
    func forgery() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open")])
        let browser = test.browser
        _ = try await browser.get("/")
        _ = try await browser.post("/cases/rr-1/approve", ["by": "eve"], csrf: "0")
        #expect(browser.status == 403)
        let other = test.browser
        _ = try await other.get("/")
        let stolen = try #require(other.session.flatMap { test.site.sessions.find($0, at: TestSite.now)?.csrf })
        _ = try await browser.post("/cases/rr-1/approve", ["by": "eve"], csrf: stolen)
        #expect(browser.status == 403)
        browser.host = "evil.example"
        _ = try await browser.get("/")
        #expect(browser.status == 421)
    }

    @Test("read only, nothing can be sent, and no page offers it")
    func readOnly() async throws {
        let test = try TestSite(isReadOnly: true)
        try test.receive([TestSite.request("rr-1", dispute: "open")])
        let browser = test.browser
        #expect(!(try await browser.get("/cases/rr-1")).contains("/cases/rr-1/approve"))
        #expect(!(try await browser.get("/review")).contains("/cases/rr-1/approve"))
        for address in ["/cases/rr-1/approve", "/cases/rr-1/approve/send", "/cases/rr-1/reveal", "/dead/group/replay"] {
            _ = try await browser.post(address, ["by": "ann", "note": "ok"])
            #expect(browser.status == 403)
        }
    }

    @Test("with a token nothing is shown before it was said, and wrong ones are slowed down")
    func login() async throws {
        let test = try TestSite(token: "a text of some length")
        try test.receive([TestSite.request("rr-1")])
        let browser = test.browser
        browser.host = "refunds.example"
        for address in ["/", "/cases/rr-1", "/live?page=/"] {
            #expect(!(try await browser.get(address)).contains("rr-1</code>"))
            #expect(browser.status == 401 && browser.session == nil)
        }
        #expect(
            try await browser.post("/login", ["token": "a text of some length", "back": "/cases/rr-1"])
                == "→ /cases/rr-1")
        #expect(try await browser.get("/cases/rr-1").contains("rr-1</code>"))
        #expect(try await browser.post("/logout", [:]) == "→ /")
        _ = try await browser.get("/")
        #expect(browser.status == 401)
    }

    @Test("a right token gets in at once, whatever others have tried at its address and from everywhere")
    func rightTokenGetsIn() async throws {
        let right = "a text of some length"
        let test = try TestSite(token: right)
        let stranger = test.browser
        for number in 0..<200 {
            stranger.address = number.isMultiple(of: 2) ? "127.0.0.1" : "192.0.2.\(number)"
            _ = try await stranger.post("/login", ["token": "wrong"])
            #expect(stranger.status == 401 && stranger.session == nil)
        }
        #expect(test.waits.list.contains(LoginPatience.longest) && !test.waits.list.isEmpty)
        let before = test.waits.list.count
        let person = test.browser
        #expect(try await person.post("/login", ["token": right]) == "→ /")
        #expect(person.session != nil && test.waits.list.count == before, "it did not wait")
        // It mistypes after it has logged out: it is known, and not held for what the others do.
        _ = try await person.post("/logout", [:])
        _ = try await person.post("/login", ["token": "wrong"])
        #expect(test.waits.list.last == .zero)
    }

    @Test("the case page offers no withdrawal: that is the customer's word, which comes from upstream")
    func noWithdrawal() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open"), TestSite.request("rr-2")])
        for id in ["rr-1", "rr-2"] {
            #expect(!(try await test.browser.get("/cases/\(id)")).contains("/cases/\(id)/withdraw"))
            let browser = test.browser
            _ = try await browser.get("/cases/\(id)/withdraw")
            #expect(browser.status == 404)
        }
        for action in PersonAction.allCases {
            #expect(InboundSender.people.maySend(action.type), "\(action)")
        }
    }

    @Test("pages of cases follow each other without gap or overlap")
    func pages() async throws {
        let test = try TestSite()
        try test.receive((1...120).map { TestSite.request("rr-\($0)") })
        let browser = test.browser
        for start in ["/cases", "/cases?deadline=14d"] {
            var address: String? = start
            var seen: [String] = []
            while let current = address {
                let page = try await browser.get(current)
                seen += page.matches(of: /href="\/cases\/(rr-\d+)"/).map { String($0.output.1) }
                address = page.firstMatch(of: /rel="next"|href="([^"]*)" rel="next"/)?.output.1.map {
                    String($0).replacing("&amp;", with: "&")
                }
            }
            #expect(seen.count == 120 && Set(seen).count == 120, "\(start)")
        }
    }
}
