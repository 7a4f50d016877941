import Foundation
import Glibc
import PostgresStore
import RefundPolicy
import RefundWorker
import SQLiteStore

/// Looks at the store, and changes nothing in it.
enum StoreProbe {
    static func file(at path: String, expected: StoreIdentity?) -> SQLiteStoreReading {
        let directory = directory(of: path)
        let isThere = access(path, F_OK) == 0
        let file: SQLiteStoreReading.File
        do throws(StoreError) {
            file = isThere ? .facts(try SQLiteStoreFacts.read(path: path)) : .missing
        } catch {
            file = .failed(error)
        }
        return SQLiteStoreReading(
            path: path, file: file, expected: expected, remembered: SQLiteStoreFacts.remembered(at: path),
            directory: directory, isDirectoryWritable: access(directory, W_OK) == 0,
            isFileWritable: !isThere || access(path, W_OK) == 0)
    }

    static func server(
        at location: PostgresLocation, expected: StoreIdentity?, lanes: Int, now: () -> Instant
    ) -> Result<PostgresStoreReading, StoreError> {
        do throws(StoreError) {
            return .success(
                PostgresStoreReading(
                    location: "\(location)", isLocal: location.isLocal,
                    verifiesServer: location.verifiesServer, expected: expected,
                    facts: try PostgresServerFacts.read(location, now: now), lanes: lanes))
        } catch {
            return .failure(error)
        }
    }

    /// The fleet's brake and what waits; `nil` where the store is not there or can't be read, which other findings tell.
    static func content(at location: StoreLocation, now: Instant) -> (PayoutBrake, StoreBacklog)? {
        guard let reader = try? location.openReader(), let brake = try? reader.brake(),
            let backlog = try? reader.backlog(at: now)
        else { return nil }
        return (brake, backlog)
    }

    /// The directory that the store's file is in, or will be.
    static func directory(of path: String) -> String {
        let directory = URL(filePath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        return directory.isEmpty ? "/" : directory
    }
}
