import Foundation
import RefundPolicy
import RefundService
import Testing

@testable import RefundConsole

@Suite("Who is let in")
struct SecurityTests {
    private static let now = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    @Test("without a login only names of this machine are served")
    func names() {
        for host in ["127.0.0.1:8090", "localhost", "[::1]:8090", "127.9.9.9"] { #expect(Guarding.isOwnName(host)) }
        for host in [nil, "", "evil.example", "127.0.0.1.evil.example:8090", "10.0.0.1"] {
            #expect(!Guarding.isOwnName(host))
        }
    }

    @Test("a form of another origin is turned away")
    func origins() {
        #expect(Guarding.isOwnOrigin("http://127.0.0.1:8090", host: "127.0.0.1:8090"))
        #expect(Guarding.isOwnOrigin("https://refunds.example", host: "refunds.example"))
        #expect(Guarding.isOwnOrigin(nil, host: "127.0.0.1"))
        for origin in ["http://evil.example", "null", "http://127.0.0.1:8091", ""] {
            #expect(!Guarding.isOwnOrigin(origin, host: "127.0.0.1:8090"))
        }
    }

    @Test("wrong tokens wait longer each time, each source for itself, and some are held at most")
    func patience() {
        let logins = LoginPatience()
        func fail(_ source: LoginPatience.Source, after: Duration = .zero) -> LoginPatience.Answer {
            let answer = logins.noteFailure(of: source, at: SecurityTests.now + after)
            if case .held = answer { logins.release(source) }
            return answer
        }
        let stranger = LoginPatience.Source.address("192.0.2.1")
        let waits = [0, 0, 0, 1, 2, 4, 8, 16, 16].map { LoginPatience.Answer.held(.seconds($0)) }
        #expect(waits.map { _ in fail(stranger) } == waits)
        #expect(fail(.address("192.0.2.2")) == .held(.zero), "others are not held for it")
        #expect(fail(stranger, after: LoginPatience.memory) == .held(.zero), "it is forgotten in the end")
        for _ in 0..<LoginPatience.heldBySource { _ = logins.noteFailure(of: stranger, at: SecurityTests.now) }
        guard case .refused = fail(stranger) else {
            Issue.record("one source holds connections without end")
            return
        }
        #expect(fail(.address("192.0.2.2")) == .held(.zero))
        for number in 0..<100 { _ = logins.noteFailure(of: .address("\(number)"), at: SecurityTests.now) }
        guard case .refused = fail(.address("192.0.2.3")) else {
            Issue.record("many sources hold connections without end")
            return
        }
    }

    @Test("a browser that has logged in before is known by its cookie, whatever others do at its address")
    func knownBrowser() {
        let logins = LoginPatience()
        #expect(logins.source(browser: "b", address: "a") == .address("a"), "nobody is known by his own word")
        logins.noteSuccess(of: "b", from: .address("a"), at: SecurityTests.now)
        #expect(logins.source(browser: "b", address: "a") == .browser("b"))
        for _ in 0..<20 { _ = logins.noteFailure(of: .address("a"), at: SecurityTests.now) }
        #expect(logins.noteFailure(of: .browser("b"), at: SecurityTests.now) == .held(.zero))
    }

    @Test("who asks is believed of a trusted proxy alone, and of its own words only")
    func visitors() throws {
        let proxies = try ["10.0.0.0/8", "2001:db8::1"].map { try #require(AddressBlock($0)) }
        func visitor(_ peer: String, _ forwarded: String?, _ scheme: String? = nil) -> Visitor {
            Visitor(peer: peer, forwardedFor: forwarded, forwardedProto: scheme, proxies: proxies)
        }
        #expect(visitor("192.0.2.1", "198.51.100.1", "https").address == "192.0.2.1", "no proxy of ours")
        #expect(!visitor("192.0.2.1", nil, "https").isSecure)
        #expect(visitor("10.1.1.1", "198.51.100.1", "https").address == "198.51.100.1")
        #expect(visitor("10.1.1.1", "198.51.100.1", "https").isSecure)
        #expect(visitor("::ffff:10.1.1.1", "198.51.100.1").address == "198.51.100.1")
        let chain = "1.1.1.1, 198.51.100.1, 10.2.2.2"
        #expect(visitor("10.1.1.1", chain).address == "198.51.100.1", "what it forged stands left of it")
        #expect(visitor("10.1.1.1", "nonsense").address == "10.1.1.1")
        #expect(visitor("10.1.1.1", nil).address == "10.1.1.1")
        #expect(!visitor("10.1.1.1", nil, "http").isSecure && !visitor("10.1.1.1", nil, "https, http").isSecure)
        // Whoever has one address of such a network has all of them.
        #expect(visitor("2001:db8:1:2::3", nil) == visitor("2001:db8:1:2:ffff::", nil))
        #expect(visitor("2001:db8:1:2::3", nil) != visitor("2001:db8:1:3::3", nil))
    }

    @Test("cookies are named by the port that the browser sees, and with TLS so that no other host can set them")
    func cookieNames() {
        #expect(CookieNames(host: "a.example:8443", isSecure: true).session == "__Host-refund-console-8443")
        #expect(CookieNames(host: "a.example", isSecure: true).session == "__Host-refund-console-443")
        #expect(CookieNames(host: "[::1]:8090", isSecure: false).session == "refund-console-8090")
        for host in [nil, "", "[::1]", "localhost", "localhost:", "x:99999", "x:80; evil"] {
            #expect(CookieNames(host: host, isSecure: false).session == "refund-console-80")
        }
    }

    @Test("a token that many could guess is none")
    func weakToken() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        for text in ["short", "aaaaaaaaaaaaaaaaaaaaaaaa", "12121212121212121212", ""] {
            try Data(text.utf8).write(to: file)
            let error = #expect(throws: SettingsError.self) { _ = try AccessToken(file: file.path) }
            #expect(error?.description.contains("/dev/urandom") == true)
        }
        try Data("8f3a9c0d1e2b4567\n".utf8).write(to: file)
        #expect(try AccessToken(file: file.path).isSame(as: "8f3a9c0d1e2b4567"))
    }

    @Test("a session ends after hours of rest, when it is ended, and when too many others have come")
    func sessions() {
        let sessions = Sessions(random: Sessions.unguessable)
        let first = sessions.begin(at: SecurityTests.now)
        #expect(first.id.count == 64 && first.csrf.count == 64 && first.id != first.csrf)
        let hours = Duration.seconds(11 * 3_600)
        #expect(sessions.find(first.id, at: SecurityTests.now + hours)?.csrf == first.csrf)
        #expect(sessions.find(first.id, at: SecurityTests.now + hours * 2) != nil)
        #expect(sessions.find(first.id, at: SecurityTests.now + hours * 4) == nil)
        let second = sessions.begin(at: SecurityTests.now)
        sessions.end(second.id)
        #expect(sessions.find(second.id, at: SecurityTests.now) == nil)
    }

    @Test("no flood of requests without cookies ends the session of somebody who has come back")
    func flood() {
        let sessions = Sessions(random: Sessions.unguessable)
        let person = sessions.begin(at: SecurityTests.now)
        _ = sessions.find(person.id, at: SecurityTests.now)
        for _ in 0..<3_000 { _ = sessions.begin(at: SecurityTests.now + .seconds(1)) }
        #expect(sessions.find(person.id, at: SecurityTests.now + .seconds(1)) != nil)
        let kept = (0..<1_500).map { _ in
            let id = sessions.begin(at: SecurityTests.now).id
            #expect(sessions.find(id, at: SecurityTests.now + .seconds(2)) != nil)
            return id
        }
        let left = kept.count { sessions.find($0, at: SecurityTests.now + .seconds(3)) != nil }
        #expect(left <= 1_000, "there are never more")
    }

    @Test("no port is served without a token's file, on whatever address, and it says what to do")
    func noPortWithoutToken() throws {
        let settings: [[SettingName: String]] = [
            [.consoleHost: "0.0.0.0"], [.consoleHost: "127.0.0.1"], [.consolePort: "8090"], [.consolePort: "0"],
            [.consoleProxies: "10.0.0.1"],
        ]
        for flags in settings {
            let error = #expect(throws: SettingsError.self) { _ = try Settings.read(flags: flags, environment: [:]) }
            #expect(error?.description.contains("make a token") == true)
        }
        let own = try Settings.read(environment: ["XDG_RUNTIME_DIR": "/run/user/7"]).console.door
        #expect(own == .socket(path: "/run/user/7/refund-worker/console.sock"))
        let other = try Settings.read(environment: [:]).console.door
        #expect(other == .socket(path: "/tmp/refund-worker-\(getuid())/console.sock"))
        let named = try Settings.read(flags: [.consoleSocket: "/srv/own/page.sock"], environment: [:]).console.door
        #expect(named == .socket(path: "/srv/own/page.sock"))
        let long = String(repeating: "x", count: 108)
        #expect(throws: SettingsError.self) { _ = try Settings.read(flags: [.consoleSocket: long], environment: [:]) }
    }

    @Test("a token belongs to a port, and a socket has none")
    func tokenAndSocket() throws {
        let token = #filePath
        let flags: [SettingName: String] = [.consoleToken: token, .consoleProxies: "10.0.0.0/8, ::1"]
        let door = try Settings.read(flags: flags, environment: [:]).console.door
        let blocks = ["10.0.0.0/8", "::1"].compactMap { AddressBlock($0) }
        #expect(door == .port(ConsolePort(host: "127.0.0.1", port: 8_090, tokenFile: token, proxies: blocks)))
        for wrong: [SettingName: String] in [[.consoleSocket: "/srv/x"], [.consoleProxies: "proxy.example"]] {
            #expect(throws: SettingsError.self) {
                _ = try Settings.read(flags: wrong.merging([.consoleToken: token]) { $1 }, environment: [:])
            }
        }
    }

    @Test("nothing inline, nothing from elsewhere and no frame is allowed")
    func policy() throws {
        let policy = try #require(Guarding.headers.first { $0.name == "Content-Security-Policy" }?.value)
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("*"))
    }
}
