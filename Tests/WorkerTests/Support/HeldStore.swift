import Foundation
import GRDB

extension TestBroker {
    /// Runs `body` while another connection holds the store's lock for writing, as a backup or a person might.
    func holdingStore(_ body: () throws -> Void) throws {
        // The worker may be writing at this very moment.
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let other = try DatabaseQueue(
            path: directory.appendingPathComponent("cases.sqlite").path, configuration: configuration)
        try other.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            try body()
            try database.execute(sql: "ROLLBACK")
        }
    }
}
