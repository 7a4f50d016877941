import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker
import Testing

@testable import RefundConsole

@Suite("The brake, and acts that are done once")
struct BrakeTests {
    private static let pause = (
        InboundType.payoutsPaused, #"{"action_id": "act-1", "by": "<b>ann</b>", "note": "paid twice"}"#
    )

    @Test("while payouts are paused, every page says since when, by whom and why")
    func banner() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1"), BrakeTests.pause])
        let browser = test.browser
        for address in ["/", "/deadlines", "/cases", "/review", "/parked", "/cases/rr-1", "/nothing"] {
            let page = try await browser.get(address)
            #expect(page.contains("Payouts are paused"), "\(address)")
            #expect(page.contains("paid twice") && page.contains("&lt;b&gt;ann") && !page.contains("<b>ann"))
        }
        let page = try await browser.get("/payouts")
        #expect(page.contains(#"name="pause" value="act-1""#) && page.contains("/payouts/resume"))
        #expect(page.contains("1 payout"))
    }

    @Test("each page names the user who really sent what somebody signed, and the page of payouts who did so before")
    func users() async throws {
        let test = try TestSite()
        let resume = #"{"action_id": "act-2", "pause": "act-1", "by": "ben", "note": "mended"}"#
        let review = """
            {"action_id": "act-3", "request_id": "rr-1", "verdict": "approve", "by": "ann", "note": "agreed"}
            """
        try test.receive([TestSite.request("rr-1", dispute: "open"), BrakeTests.pause], sentBy: "operator-1")
        let browser = test.browser
        let banner = try await browser.get("/cases")
        #expect(banner.contains("&quot;&lt;b&gt;ann&lt;/b&gt;&quot; (user operator-1)"))
        try test.receive([(.payoutsResumed, resume), (.reviewed, review)], sentBy: "operator-2")
        let page = try await browser.get("/payouts")
        #expect(page.contains("Pauses of before") && page.contains("ann&lt;/b&gt;&quot; (user operator-1)"))
        #expect(page.contains("&quot;ben&quot; (user operator-2)"))
        let shown = try await browser.get("/cases/rr-1")
        #expect(shown.components(separatedBy: "&quot;ann&quot; (user operator-2)").count == 3, "decision and timeline")
    }

    @Test("while they go on, no page speaks of a pause, and one can be made")
    func without() async throws {
        let test = try TestSite()
        let browser = test.browser
        #expect(!(try await browser.get("/")).contains("Payouts are paused"))
        #expect(try await browser.get("/payouts").contains("/payouts/pause"))
        let gap = try await browser.post("/payouts/pause", ["by": "ann"])
        #expect(browser.status == 400 && gap.contains("Say who you are, and why."))
        _ = try await browser.post("/payouts/pause", ["by": "ann", "note": "x"], csrf: "0")
        #expect(browser.status == 403)
        _ = try await browser.post("/payouts/resume", ["by": "ann", "note": "x"])
        #expect(browser.status == 400)
        // The broker is not there.
        _ = try await browser.post("/payouts/pause", ["by": "ann", "note": "x"])
        #expect(browser.status == 503)
    }

    @Test("read only, the page shows the brake and offers nothing")
    func readOnly() async throws {
        let test = try TestSite(isReadOnly: true)
        try test.receive([BrakeTests.pause])
        let browser = test.browser
        #expect(!(try await browser.get("/payouts")).contains("<textarea"))
        _ = try await browser.post("/payouts/resume", ["by": "ann", "note": "x", "pause": "act-1"])
        #expect(browser.status == 403)
    }

    @Test("each form is an act of its own, which stays the same until it is sent")
    func acts() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open")])
        let browser = test.browser
        func act(in page: String) throws -> String {
            String(try #require(page.firstMatch(of: /name="action_id" value="(act-[0-9a-f-]+)"/)).output.1)
        }
        let first = try act(in: try await browser.get("/cases/rr-1/approve"))
        #expect(try act(in: try await browser.get("/cases/rr-1/approve")) != first)
        let looked = try await browser.post(
            "/cases/rr-1/approve", ["action_id": first, "by": "ann", "note": "agreed"])
        #expect(looked.matches(of: /name="action_id" value="([^"]+)"/).allSatisfy { $0.output.1 == first })
        // In JSON that is shown, quotes are escaped.
        #expect(looked.contains("action_id") && looked.ranges(of: first).count > 2)
    }

    @Test("what people can say fits how the case stands", arguments: ["void", "reject", "approve"])
    func fitting(_ action: String) async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1", dispute: "open"), TestSite.request("rr-2")])
        let browser = test.browser
        #expect(try await browser.get("/cases/rr-1").contains("/cases/rr-1/\(action)"))
        let approved = try await browser.get("/cases/rr-2")
        #expect(approved.contains("/cases/rr-2/access_withdrawn") && approved.contains("/cases/rr-2/void"))
        #expect(!approved.contains("/cases/rr-2/close"))
        #expect(try await browser.get("/cases/rr-2/access_withdrawn").contains("What would follow"))
    }
}

@Suite("What people read of alerts")
struct AttentionWordsTests {
    @Test(
        "each cause has its words, whatever key and number it carries",
        arguments: [
            ("rr-1/alert/payout_bounced/payout#2.2", "the money came back"),
            ("rr-1/alert/access_to_restore", "the access is to be restored"),
            ("rr-1/alert/many_events.2", "very much happens to this case"),
        ])
    func words(_ id: String, _ words: String) {
        #expect(EncodedMessage(id: id, type: .needsAttention, body: []).title == "Operators are called: \(words)")
        #expect(EncodedMessage(id: "rr-1/settled", type: .settled, body: []).title == OutboundType.settled.title)
    }
}
