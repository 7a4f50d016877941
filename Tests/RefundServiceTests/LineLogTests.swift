import Foundation
import Logging
import Testing

@testable import RefundService

@Suite("Writing the log")
struct LineLogTests {
    private static func logger(_ writer: LogWriter, _ format: LogFormat = .text) -> Logger {
        Logger(label: "lane 1") { LineLog(label: $0, format: format, shared: nil, writer: writer) }
    }

    @Test("a line that can't be written is left out and counted, and the program goes on")
    func fullDisk() async throws {
        await #expect(processExitsWith: .success) {
            let full = open("/dev/full", O_WRONLY)
            try #require(full >= 0)
            let writer = LogWriter(descriptor: full)
            let log = LineLogTests.logger(writer)
            log.info("nobody reads this")
            log.warning("nor this")
            #expect(writer.finish(within: .seconds(60)))
            #expect(writer.figures.leftOut == 2)
        }
    }

    @Test("a reader that has gone ends nothing")
    func closedPipe() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
            LineLogTests.logger(writer).info("nobody reads this")
            #expect(writer.finish(within: .seconds(60)))
            #expect(writer.figures.leftOut == 1)
        }
    }

    @Test("a line is written whole, as text and as JSON")
    func writes() throws {
        for (format, expected) in [(LogFormat.text, "lane 1: it works"), (.json, #""message":"it works""#)] {
            let pipe = Pipe()
            let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
            LineLogTests.logger(writer, format).info("it works")
            #expect(writer.finish(within: .seconds(60)))
            try pipe.fileHandleForWriting.close()
            let line = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            #expect(line.contains(expected) && line.hasSuffix("\n"), "\(line)")
        }
    }

    @Test("of a log that nobody reads the newest lines wait; what is left out is counted, and told where it is missing")
    func stalledReader() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        // Linux's F_SETPIPE_SZ, which Glibc's module does not have.
        try #require(fcntl(descriptor, 1_031, 4_096) == 4_096)
        let writer = LogWriter(descriptor: descriptor, limits: LogQueue.Limits(lines: 100))
        let log = LineLogTests.logger(writer)
        // None of these waits, or the test would never get further.
        for number in 0..<1_000 { log.info("a line", metadata: ["number": "\(number)"]) }
        #expect(!writer.finish(within: .milliseconds(1)))
        #expect(writer.figures.waiting == 100)
        let leftOut = writer.figures.leftOut
        #expect((500...900).contains(leftOut))

        let collected = ReadingThread(pipe.fileHandleForReading)
        #expect(writer.finish(within: .seconds(60)))
        try pipe.fileHandleForWriting.close()
        let lines = collected.text.split(separator: "\n")
        func number(_ name: String, _ line: Substring) -> Int? {
            line.split(separator: " \(name)=").dropFirst().first.flatMap { Int($0) }
        }
        // In their order, and each gap has its line.
        var next = 0
        for line in lines {
            if line.contains("lines were left out, since nobody took the log") {
                next += try #require(number("count", line))
            } else {
                #expect(number("number", line) == next)
                next += 1
            }
        }
        #expect(next == 1_000)
        #expect(writer.figures.leftOut == leftOut)
        #expect(lines.count < 1_000 - leftOut + 100)
    }

    @Test("lines that wait are bounded by their bytes, too")
    func bytes() {
        var queue = LogQueue(limits: LogQueue.Limits(lines: 100, bytes: 10))
        for line in ["aaaa\n", "bbbb\n", "c\n"] { queue.append(line) }
        let batch = queue.take(100)
        #expect(batch?.lines == ["bbbb\n", "c\n"])
        #expect(batch?.omitted == 1)
        queue.append("much too long\n")
        #expect(queue.isEmpty)
        #expect(queue.leftOut == 2)
    }
}

/// Reads a pipe to its end.
///
/// `@unchecked Sendable`: the text is written by its thread before the signal and read after it.
private final class ReadingThread: @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private var collected = ""

    init(_ handle: FileHandle) {
        Thread { [self] in
            collected = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
            ended.signal()
        }.start()
    }

    /// Once the pipe has ended.
    var text: String {
        ended.wait()
        return collected
    }
}
