import Foundation
import Logging
import Testing

@testable import RefundService

@Suite("Writing the log")
struct LineLogTests {
    @Test("a line that can't be written is left out, and the program goes on")
    func fullDisk() async throws {
        await #expect(processExitsWith: .success) {
            let full = open("/dev/full", O_WRONLY)
            try #require(full >= 0)
            let log = Logger(label: "lane 1") { LineLog(label: $0, format: .text, shared: nil, descriptor: full) }
            log.info("nobody reads this")
            log.warning("nor this")
        }
    }

    @Test("a line is written whole, as text and as JSON")
    func writes() throws {
        for (format, expected) in [(LogFormat.text, "lane 1: it works"), (.json, #""message":"it works""#)] {
            let pipe = Pipe()
            let descriptor = pipe.fileHandleForWriting.fileDescriptor
            let log = Logger(label: "lane 1") {
                LineLog(label: $0, format: format, shared: nil, descriptor: descriptor)
            }
            log.info("it works")
            try pipe.fileHandleForWriting.close()
            let line = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            #expect(line.contains(expected) && line.hasSuffix("\n"), "\(line)")
        }
    }
}
