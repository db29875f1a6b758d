package dev.flinksession;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Programs that go wrong, each in its own way, for tests of what is made of it. Their only argument is the way. */
public final class Trouble {

    private Trouble() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "throws":
                throw new IllegalStateException("it throws before it submits anything");
            case "submits-and-throws":
                EndlessCount.build().executeAsync("Trouble");
                throw new IllegalStateException("it has submitted, and throws");
            case "takes-time":
                Thread.sleep(Long.parseLong(args[1]));
                BoundedCount.main(new String[] {"1000"});
                break;
            case "fails":
                run(new Rotten());
                break;
            case "fails-snapshots":
                run(new NoSnapshots());
                break;
            default:
                throw new IllegalArgumentException("no such trouble: " + args[0]);
        }
    }

    private static void run(MapFunction<Long, Long> function) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.fromSequence(1, Long.MAX_VALUE).map(function).returns(Types.LONG).sinkTo(new DiscardingSink<>());
        environment.execute("Trouble");
    }

    private static final class Rotten implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long number) {
            if (number > 5) {
                throw new RuntimeException("a record cannot be read", new NumberFormatException("record 6 is rotten"));
            }
            return number;
        }
    }

    private static final class NoSnapshots implements MapFunction<Long, Long>, CheckpointedFunction {

        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long number) throws InterruptedException {
            Thread.sleep(1);
            return number;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            throw new UnsupportedOperationException("its state cannot be written");
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}
    }
}
