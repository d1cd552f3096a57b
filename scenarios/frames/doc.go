// Package frames keeps long files of JSON lines on disk while they are still
// being written, so that whatever moment the writing process is killed at, what
// was written before can be read.
//
// A file is compressed or plain. A plain one is lines and nothing else. A
// compressed one is a sequence of zstd frames (RFC 8878), each decompressible
// alone, with a checksum, of about a megabyte of whole lines; `zstd -dc` reads
// it. It begins and ends with a skippable frame, which zstd passes over: the
// end mark says that nothing is missing.
//
//	50 2a 4d 18, length, "dynamosim lines 1\n"
//	28 b5 2f fd …      the first line, which is the header of the file
//	28 b5 2f fd …      whole lines, and so on
//	51 2a 4d 18, length, "end\n"
//
// Promises:
//   - The same lines give the same bytes, however they were handed over, in
//     one version of the compressor. What is in a frame depends on the lines
//     and on the places where Cut was called alone.
//   - A frame is appended whole. A file that was cut short anywhere loses the
//     frame in which it was cut, and no more; a plain one loses the line.
//   - Reading takes all whole frames up to the first damage and no byte that a
//     checksum does not vouch for. What is missing is told, see Reader.Damage.
//   - A write that fails is told at the next call.
//
// Start with Writer, then Reader.
package frames
