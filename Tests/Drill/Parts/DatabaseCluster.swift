import Foundation

/// The private PostgreSQL cluster that `deploy/postgres` started.
struct DatabaseCluster: Sendable {
    /// The project's scripts.
    let scripts: URL
    let directory: String
    let url: String
    let port: UInt16

    init?(scripts: URL, environment: [String: String]) {
        guard let directory = environment["POSTGRES_DIR"], let url = environment["POSTGRES_URL"],
            let port = environment["POSTGRES_PORT"].flatMap({ UInt16($0) })
        else { return nil }
        (self.scripts, self.directory, self.url, self.port) = (scripts, directory, url, port)
    }

    func start() throws { try script("start") }
    func stop() throws { try script("stop") }
    func kill() throws { try script("kill") }
    func freeze() throws { try script("freeze") }
    func thaw() throws { try script("thaw") }

    /// The same database, by another port of this machine.
    func url(throughPort other: UInt16) -> String {
        url.replacing("127.0.0.1:\(port)", with: "127.0.0.1:\(other)")
    }

    private func script(_ command: String) throws {
        try Script.run(scripts.appending(path: "postgres").path, [command, directory])
    }
}
