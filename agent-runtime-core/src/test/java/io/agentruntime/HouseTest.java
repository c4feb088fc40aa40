package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * The budgets of the house that need a look at all main sources together; Checkstyle holds the limits of the single file and method.
 *
 * <p>Lines are all lines, comments and blanks included, without {@code package-info.java}. A method's lines run from its annotations to its
 * closing brace, without its Javadoc, and only methods and constructors with a body count. A type is a named class, interface, enum or
 * record, top-level or nested; it is hidden if no other package can name it, because it or a type around it is neither public nor protected.
 */
class HouseTest {
    private static final Path CORE = Path.of("").toAbsolutePath();
    private static final Path HOUSE = CORE.getParent();

    @Test
    void files_ofAllModules_areShort() throws IOException {
        check("file lines", measure(HOUSE).fileLines, 90, 250);
    }

    @Test
    void methods_ofAllModules_areShort() throws IOException {
        check("method lines", measure(HOUSE).methodLines, 5, 15);
    }

    @Test
    void publicTypes_ofEachPackage_areFew() throws IOException {
        Map<String, Integer> perPackage = measure(HOUSE).publicTypes;
        System.out.println("public top-level types per package: " + perPackage);
        assertThat(perPackage).allSatisfy((name, count) -> assertThat(count).isLessThanOrEqualTo(12));
    }

    @Test
    void types_ofCore_areMostlyHidden() throws IOException {
        Measures core = measure(CORE);
        int open = core.publicTypes.values().stream().mapToInt(count -> count).sum();
        int hiddenPercent = 100 * core.hidden / core.types;
        System.out.printf("core: %d public types, %d%% of %d hidden%n", open, hiddenPercent, core.types);
        assertThat(open).as("public top-level types of core").isLessThanOrEqualTo(70);
        // 40 is the aim: the vocabulary came first, and each part brings the machinery behind it. Raise this with every
        // part.
        assertThat(hiddenPercent).as("percent of core's types that are hidden").isGreaterThanOrEqualTo(25);
    }

    private static void check(String what, List<Integer> lines, int median, int p90) {
        int middle = percentile(lines, 50);
        int high = percentile(lines, 90);
        System.out.printf("%s: median %d, p90 %d of %d%n", what, middle, high, lines.size());
        assertThat(middle).as("median of " + what).isLessThanOrEqualTo(median);
        assertThat(high).as("p90 of " + what).isLessThanOrEqualTo(p90);
    }

    /** The smallest value that at least {@code percent} percent of the values do not exceed. */
    private static int percentile(Collection<Integer> values, int percent) {
        List<Integer> sorted = values.stream().sorted().toList();
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }

    private static Measures measure(Path folder) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> folders = Files.walk(folder, 2)) {
            var roots = folders.map(inner -> inner.resolve("src/main/java")).filter(Files::isDirectory);
            files.setLocationFromPaths(StandardLocation.SOURCE_PATH, roots.toList());
            var units = files.list(StandardLocation.SOURCE_PATH, "", Set.of(JavaFileObject.Kind.SOURCE), true);
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, units);
            Measures measures = new Measures(Trees.instance(task));
            measures.scan(task.parse(), null);
            return measures;
        }
    }

    private static final class Measures extends TreePathScanner<Void, Void> {
        private final Trees trees;
        private final List<Integer> fileLines = new ArrayList<>();
        private final List<Integer> methodLines = new ArrayList<>();
        private final Map<String, Integer> publicTypes = new TreeMap<>();
        private int types;
        private int hidden;

        Measures(Trees trees) {
            this.trees = trees;
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree unit, Void unused) {
            if (!unit.getTypeDecls().isEmpty()) {
                fileLines.add(lines(unit, 0, unit));
            }
            return super.visitCompilationUnit(unit, null);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getBody() != null) {
                CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
                methodLines.add(lines(unit, trees.getSourcePositions().getStartPosition(unit, method), method));
            }
            return super.visitMethod(method, null);
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!type.getSimpleName().isEmpty()) {
                types++;
                hidden += visible() ? 0 : 1;
                if (getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree unit && visible()) {
                    publicTypes.merge(unit.getPackageName().toString(), 1, Integer::sum);
                }
            }
            return super.visitClass(type, null);
        }

        private int lines(CompilationUnitTree unit, long start, Tree tree) {
            long end = trees.getSourcePositions().getEndPosition(unit, tree);
            return (int)
                    (unit.getLineMap().getLineNumber(end) - unit.getLineMap().getLineNumber(start) + 1);
        }

        /** Whether another package can name the current type. */
        private boolean visible() {
            for (var path = getCurrentPath(); path.getLeaf() instanceof ClassTree type; path = path.getParentPath()) {
                var flags = type.getModifiers().getFlags();
                boolean open = flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED);
                if (!open && path.getParentPath().getLeaf().getKind() != Tree.Kind.INTERFACE) {
                    return false;
                }
            }
            return true;
        }
    }
}
