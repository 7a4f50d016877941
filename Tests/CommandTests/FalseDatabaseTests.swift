import Foundation
import Testing

@Suite("A false PostgreSQL server")
struct FalseDatabaseTests {
    /// How a command can be led to a server that is not on this machine.
    enum Way: CaseIterable {
        case url, severalHosts, address, environmentHost, environmentAddress, service

        func settings(port: UInt16, in directory: URL) throws -> [String: String] {
            let user = "postgresql://ann:s3cret@"
            switch self {
            case .url: return ["REFUND_WORKER_STORE_URL": user + "0.0.0.0:\(port)/refunds"]
            case .severalHosts: return ["REFUND_WORKER_STORE_URL": user + "127.0.0.1:1,0.0.0.0:\(port)/refunds"]
            case .address: return ["REFUND_WORKER_STORE_URL": user + "localhost:\(port)/refunds?hostaddr=0.0.0.0"]
            case .environmentHost:
                return ["REFUND_WORKER_STORE_URL": user + "/refunds", "PGHOST": "0.0.0.0", "PGPORT": "\(port)"]
            case .environmentAddress:
                return ["REFUND_WORKER_STORE_URL": user + "localhost:\(port)/refunds", "PGHOSTADDR": "0.0.0.0"]
            case .service:
                let file = directory.appending(path: "services")
                try Data("[shop]\nhost=0.0.0.0\nport=\(port)\npassword=s3cret\n".utf8).write(to: file)
                return [
                    "REFUND_WORKER_STORE_URL": "postgresql:///refunds?service=shop", "PGSERVICEFILE": file.path,
                ]
            }
        }
    }

    @Test("gets no password unless somebody has accepted that, whatever leads there", arguments: Way.allCases)
    func password(way: Way) throws {
        try Fixtures.inDirectory { directory in
            let server = try FalseDatabase()
            let settings = try way.settings(port: server.port, in: directory)
            let refused = try [["run"], ["cases", "list"], ["doctor"], ["console"], ["config"]].map { command in
                try Executable.run(command, environment: settings)
            }
            let accepted = try Executable.run(
                ["cases", "list"], environment: settings.merging(["PGSSLMODE": "disable"]) { $1 })
            let heard = server.stop()
            for outcome in refused {
                #expect(outcome.status == 2)
                #expect(outcome.errors.contains("sslmode=verify-full"))
                #expect(!(outcome.errors + outcome.output).contains("s3cret"))
            }
            #expect(accepted.status == 1)
            // Once, by whoever had named a lower mode.
            #expect(heard.split(separator: "s3cret", omittingEmptySubsequences: false).count == 2)
        }
    }
}
