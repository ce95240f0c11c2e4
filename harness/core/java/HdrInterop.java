// The Java side of the exchange with HdrHistogram: the same commands and the same output as
// hdr_interop_main.cc, made with HdrHistogram's own library. Test only.
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

public final class HdrInterop {
  private static final long HOUR = 3_600_000_000_000L;
  private static final double[] PERCENTS = {0, 50, 90, 99, 99.9, 99.99, 100};
  private static final String[] NAMES = {"0", "50", "90", "99", "99.9", "99.99", "100"};

  private HdrInterop() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Paths.get(arguments[1]);
    switch (arguments[0]) {
      case "write-blob":
      case "write-plain":
        Histogram histogram =
            generate(
                Long.parseLong(arguments[2]),
                Long.parseLong(arguments[3]),
                Integer.parseInt(arguments[4]),
                Long.parseLong(arguments[5]),
                Long.parseLong(arguments[6]));
        writeBlob(file, histogram, arguments[0].equals("write-blob"));
        break;
      case "read-blob":
        print("-", readBlob(file));
        break;
      case "hgrm":
        readBlob(file).outputPercentileDistribution(System.out, 5, 1e6);
        break;
      case "write-log":
        writeLog(file);
        break;
      case "read-log":
        readLog(file);
        break;
      default:
        throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static Histogram generate(long lowest, long highest, int digits, long count, long seed) {
    Histogram histogram = new Histogram(lowest, highest, digits);
    long state = seed;
    for (long i = 0; i < count; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      int shift = (int) ((state >>> 33) % 40);
      long value = (state >>> 22) >>> shift;
      histogram.recordValue(value % (highest + 1));
    }
    return histogram;
  }

  private static void print(String tag, Histogram histogram) {
    StringBuilder line = new StringBuilder();
    line.append("tag=").append(tag == null ? "" : tag);
    line.append(" count=").append(histogram.getTotalCount());
    line.append(" min=").append(histogram.getMinValue());
    line.append(" max=").append(histogram.getMaxValue());
    for (int i = 0; i < PERCENTS.length; i++) {
      line.append(" p").append(NAMES[i]).append('=');
      line.append(histogram.getValueAtPercentile(PERCENTS[i]));
    }
    System.out.println(line);
  }

  private static void writeBlob(Path file, Histogram histogram, boolean compressed)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int size =
        compressed
            ? histogram.encodeIntoCompressedByteBuffer(buffer)
            : histogram.encodeIntoByteBuffer(buffer);
    Files.write(file, Arrays.copyOf(buffer.array(), size));
    print("-", histogram);
  }

  private static Histogram readBlob(Path file) throws Exception {
    return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Files.readAllBytes(file)), 0);
  }

  private static void writeLog(Path file) throws IOException {
    long start = 1_700_000_000_500L;
    try (PrintStream out = new PrintStream(file.toFile())) {
      HistogramLogWriter writer = new HistogramLogWriter(out);
      writer.outputComment("[Written by HdrHistogram]");
      writer.outputLogFormatVersion();
      writer.outputStartTime(start);
      writer.outputLegend();
      writeInterval(writer, start, 1000, null, generate(1, HOUR, 3, 20_000, 11));
      writeInterval(writer, start, 1000, "response", generate(1, HOUR, 3, 50_000, 12));
      writeInterval(
          writer, start + 1000, 1500, "service", generate(1000, 60_000_000_000L, 2, 10_000, 13));
      writeInterval(writer, start + 2500, 1000, "lag", new Histogram(1, HOUR, 3));
    }
  }

  private static void writeInterval(
      HistogramLogWriter writer, long start, long length, String tag, Histogram histogram) {
    histogram.setStartTimeStamp(start);
    histogram.setEndTimeStamp(start + length);
    histogram.setTag(tag);
    writer.outputIntervalHistogram(histogram);
    print(tag, histogram);
  }

  private static void readLog(Path file) throws IOException {
    List<String> times = new ArrayList<>();
    HistogramLogReader reader = new HistogramLogReader(file.toFile());
    EncodableHistogram next;
    while ((next = reader.nextIntervalHistogram()) != null) {
      print(next.getTag(), (Histogram) next);
      double start = next.getStartTimeStamp() / 1000.0;
      double length = (next.getEndTimeStamp() - next.getStartTimeStamp()) / 1000.0;
      times.add(String.format(Locale.US, "start=%.3f length=%.3f", start, length));
    }
    times.forEach(System.out::println);
  }
}
