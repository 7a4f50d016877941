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

    @Test("an address may try five times a minute, and all together fifty")
    func limit() {
        let limit = LoginLimit()
        for _ in 0..<LoginLimit.perPeer {
            #expect(limit.allows("a", at: SecurityTests.now))
            limit.noteFailure(of: "a", at: SecurityTests.now)
        }
        #expect(!limit.allows("a", at: SecurityTests.now))
        #expect(limit.allows("b", at: SecurityTests.now))
        for number in 0..<LoginLimit.together { limit.noteFailure(of: "p\(number)", at: SecurityTests.now) }
        #expect(!limit.allows("c", at: SecurityTests.now))
        #expect(limit.allows("a", at: SecurityTests.now + LoginLimit.window))
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
        let third = sessions.begin(at: SecurityTests.now)
        for _ in 0..<1_000 { _ = sessions.begin(at: SecurityTests.now + .seconds(1)) }
        #expect(sessions.find(third.id, at: SecurityTests.now + .seconds(1)) == nil)
    }

    @Test("beyond loopback nothing is served without a token's file, and it says what to do")
    func beyondLoopback() {
        for host in ["0.0.0.0", "::", "10.0.0.7", "refunds.example"] {
            let error = #expect(throws: SettingsError.self) {
                _ = try Settings.read(flags: [.consoleHost: host], environment: [:])
            }
            #expect(error?.description.contains("console.token") == true)
        }
        for host in ["127.0.0.1", "127.0.0.2", "::1", "localhost"] {
            #expect(throws: Never.self) { _ = try Settings.read(flags: [.consoleHost: host], environment: [:]) }
        }
    }

    @Test("nothing inline, nothing from elsewhere and no frame is allowed")
    func policy() throws {
        let policy = try #require(Guarding.headers.first { $0.name == "Content-Security-Policy" }?.value)
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("*"))
    }
}
