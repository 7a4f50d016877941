import Foundation
import Testing

@testable import RefundService

@Suite("The file of an archive")
struct ArchiveFileTests {
    private func problem(_ body: () throws -> Void) -> String? {
        (#expect(throws: ArchiveFileError.self) { try body() })?.description
    }

    @Test("a file of others is refused and left alone", arguments: ["hello\n", "{}\n", "\u{0}", "{\"version\":1}\n"])
    func foreignFile(text: String) throws {
        let filled = try FilledStore()
        try Data(text.utf8).write(to: URL(filePath: filled.file))
        #expect(problem { try filled.archive() }?.contains("no archive") == true)
        #expect(try Data(contentsOf: URL(filePath: filled.file)) == Data(text.utf8))
        #expect(try filled.histories().count == 20)
    }

    @Test("a directory, a device and a place where nothing can be are errors that say what to do")
    func impossiblePlace() throws {
        let filled = try FilledStore()
        for path in [filled.directory.path, "/dev/null", filled.directory.appending(path: "none/x.jsonl").path] {
            #expect(problem { _ = try ArchiveFile(path: path) }?.contains(path) == true)
        }
    }

    @Test("two runs don't write to one file at a time")
    func locked() throws {
        let filled = try FilledStore()
        let file = try ArchiveFile(path: filled.file)
        #expect(problem { _ = try ArchiveFile(path: filled.file) }?.contains("another run") == true)
        withExtendedLifetime(file) {}
    }

    @Test("it is for its owner's eyes alone")
    func permissions() throws {
        let filled = try FilledStore()
        try filled.archive()
        let attributes = try FileManager.default.attributesOfItem(atPath: filled.file)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test("the file of another store is refused and left alone")
    func otherStore() throws {
        let (first, second) = (try FilledStore(finished: 10), try FilledStore(finished: 200))
        try second.archive()
        let data = try Data(contentsOf: URL(filePath: second.file))
        try data.write(to: URL(filePath: first.file))
        #expect(problem { try first.archive() }?.contains("not of this store") == true)
        #expect(try Data(contentsOf: URL(filePath: first.file)) == data)
    }

    @Test("a file that is ahead of its store, which was restored from a backup, is not cut beyond a batch")
    func restoredStore() throws {
        let filled = try FilledStore()
        let backup = try filled.backup()
        try filled.archive()
        try filled.restore(backup)
        #expect(problem { try filled.archive() }?.contains("ahead of the store") == true)
        #expect(try filled.records().count == 16)
        #expect(try filled.histories().count == 20)
    }

    @Test("the last line is found whatever its length")
    func lastLine() throws {
        let filled = try FilledStore()
        for length in [30, 65_535, 65_536, 65_537, 200_000] {
            try? FileManager.default.removeItem(atPath: filled.file)
            let file = try ArchiveFile(path: filled.file)
            let first = ArchiveFile.beginning + Array("a".utf8)
            let line = ArchiveFile.beginning + [UInt8](repeating: UInt8(ascii: "b"), count: length)
            try file.append([first, line])
            let last = try #require(try file.lastLine())
            #expect(last.text == line && last.isWhole && last.start == first.count + 1)
            try file.cut(to: last.start)
            #expect(try file.lastLine()?.text == first)
            try file.cut(to: first.count)
            #expect(try file.lastLine()?.isWhole == false)
            try file.cut(to: 0)
            #expect(try file.lastLine() == nil)
        }
    }
}
