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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * The budgets that need a look at all main sources together; Checkstyle holds the limits of one file and one method.
 *
 * <p>File lines are all lines, without {@code package-info.java}. Method lines run from the annotations to the closing
 * brace, of methods and constructors with a body. A type is a named class, interface, enum or record, top-level or
 * nested; it is hidden if it, or a type around it, is neither public nor protected.
 */
class HouseTest {
    private static final Path CORE = Path.of("").toAbsolutePath();
    private static final Path HOUSE = CORE.getParent();

    @Test
    void filesAndMethods_ofAllModules_areShort() throws IOException {
        Measures house = measure(HOUSE);
        check("file lines", house.fileLines, 90, 250);
        check("method lines", house.methodLines, 5, 15);
    }

    @Test
    void publicTypes_ofEachPackage_areFew() throws IOException {
        Map<String, Integer> perPackage = measure(HOUSE).publicTypes;
        System.out.println("public top-level types per package: " + perPackage);
        assertThat(perPackage).allSatisfy((name, count) -> assertThat(count).isLessThanOrEqualTo(14));
    }

    @Test
    void types_ofCore_areMostlyHidden() throws IOException {
        Measures core = measure(CORE);
        int open = core.publicTypes.values().stream().mapToInt(count -> count).sum();
        int hiddenPercent = 100 * core.hidden / core.types;
        System.out.printf("core: %d public types, %d%% of %d hidden%n", open, hiddenPercent, core.types);
        assertThat(open).as("public top-level types of core").isLessThanOrEqualTo(101);
        assertThat(hiddenPercent).as("percent hidden of core").isGreaterThanOrEqualTo(40);
    }

    private static void check(String what, List<Integer> lines, int median, int p90) {
        List<Integer> measured = List.of(percentile(lines, 50), percentile(lines, 90));
        System.out.println(what + ": median and p90 " + measured + " of " + lines.size());
        assertThat(measured.get(0)).as("median of " + what).isLessThanOrEqualTo(median);
        assertThat(measured.get(1)).as("p90 of " + what).isLessThanOrEqualTo(p90);
    }

    /** The smallest value that at least {@code percent} percent of the values do not exceed. */
    private static int percentile(List<Integer> values, int percent) {
        List<Integer> sorted = values.stream().sorted().toList();
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }

    private static Measures measure(Path folder) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
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
                fileLines.add(lines(unit));
            }
            return super.visitCompilationUnit(unit, null);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getBody() != null) {
                methodLines.add(lines(method));
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

        private int lines(Tree tree) {
            var unit = getCurrentPath().getCompilationUnit();
            long start = trees.getSourcePositions().getStartPosition(unit, tree);
            long end = trees.getSourcePositions().getEndPosition(unit, tree);
            return (int) (unit.getLineMap().getLineNumber(end)
                            - unit.getLineMap().getLineNumber(start))
                    + 1;
        }

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
